import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { PackManifest } from '../../../contracts/pack.ts';
import type { Model } from '../../onnx/model.ts';
import { installedPack } from '../../packs/installedPack.ts';
import { mdxNet } from './mdxNet.ts';

/** Values of torch.stft and torch.istft: test/golden/mdx-net/make_golden.py. */
const goldenCase = z.object({
  fftSize: z.number(),
  hop: z.number(),
  bins: z.number(),
  frames: z.number(),
  compensate: z.number(),
  places: z.array(z.tuple([z.number(), z.number(), z.number()])),
  fed: z.array(z.number()),
  samples: z.array(z.number()),
  stem: z.array(z.array(z.number())),
});
type GoldenCase = z.infer<typeof goldenCase>;
let golden: GoldenCase[];
beforeAll(async () => {
  const file = new URL('../../../../test/golden/mdx-net/golden.json', import.meta.url);
  golden = z.array(goldenCase).parse(JSON.parse(await readFile(file, 'utf8')));
});

const manifestOf = ({ fftSize, hop, bins, frames, compensate }: GoldenCase) =>
  ({
    format: 1,
    id: 'mdx',
    version: '1',
    model: {
      sampleRate: 44_100,
      channels: 2,
      windowSamples: hop * (frames - 1),
      overlapSamples: 1000,
      inputs: [{ name: 'input' }],
      outputs: [{ name: 'output' }],
      constants: { fftSize, hop, bins, frames, compensate, modelStems: 1 },
    },
    stems: ['vocals', 'instrumental'],
  }) as unknown as PackManifest;

/** The fixed mask of the script. */
function maskModel({ bins, frames }: GoldenCase, seen: Float32Array[]): Model {
  const factors = [1, 0.9, 0.8, 0.7];
  return {
    provider: 'cpu',
    run: (inputs) => {
      const { data, dims } = inputs['input']!;
      expect(dims).toEqual([1, 4, bins, frames]);
      seen.push(data.slice());
      const masked = data.map((value, at) => {
        const frame = at % frames;
        const bin = Math.floor(at / frames) % bins;
        return (
          value * factors[Math.floor(at / frames / bins)]! * (0.5 + 0.5 * Math.cos(0.01 * bin + 0.3 * frame))
        );
      });
      return Promise.resolve({ output: { data: masked, dims } });
    },
    close: () => Promise.resolve(),
  };
}

describe('the MDX-Net adapter', () => {
  it.each([0, 1, 2])(
    'feeds and reads as torch does, FFT sizes 6144, 7680 and 5120: case %d',
    async (index) => {
      const expected = golden[index]!;
      const length = expected.hop * (expected.frames - 1);
      const left = Float32Array.from(
        { length },
        (_, n) => 0.3 * Math.sin(0.011 * n + 2e-7 * n * n) + 0.2 * Math.cos(0.37 * n),
      );
      const right = Float32Array.from(
        { length },
        (_, n) => 0.25 * Math.cos(0.023 * n) + 0.1 * Math.sin(1.3 * n + 1),
      );
      const seen: Float32Array[] = [];
      const model = mdxNet(installedPack(manifestOf(expected), '/'), maskModel(expected, seen));
      expect(model.stems).toEqual(['vocals']);
      const [[stem]] = (await model.run([[left, right]])) as [[Float32Array[]]];
      const peak = Math.max(...expected.fed.map(Math.abs));
      for (const [i, [part, bin, frame]] of expected.places.entries()) {
        const value = seen[0]![(part * expected.bins + bin) * expected.frames + frame]!;
        // float32 of the peak of the spectrum
        expect(Math.abs(value - expected.fed[i]!)).toBeLessThan(2e-6 * peak);
      }
      expect(model).toMatchObject({ window: length - expected.fftSize, context: expected.fftSize / 2 });
      let compared = 0;
      for (const [i, sample] of expected.samples.entries()) {
        const at = sample - model.context;
        if (at < 0 || at >= model.window) continue;
        compared++;
        for (const channel of [0, 1]) {
          expect(Math.abs(stem[channel]![at]! - expected.stem[channel]![i]!)).toBeLessThan(1e-6);
        }
      }
      expect(compared).toBeGreaterThan(15);
    },
  );
});
