import { describe, expect, it } from 'vitest';
import type { PackManifest } from '../../../contracts/pack.ts';
import type { Model } from '../../onnx/model.ts';
import type { TensorValues } from '../../onnx/runSession.ts';
import { installedPack } from '../../packs/installedPack.ts';
import { htdemucs } from './htdemucs.ts';

// The real geometry scaled down by 16: 336 frames would take seconds.
const size = 256;
const hop = 64;
const bins = 128;
const frames = 21;
const window = 1300; // 20.3 hops, so that the last frame is reflected as in the real one
const plane = bins * frames;

const manifest = {
  format: 1,
  id: 'small',
  version: '1',
  model: {
    sampleRate: 44_100,
    channels: 2,
    windowSamples: window,
    overlapSamples: 325,
    inputs: [{ name: 'wave' }, { name: 'spectrum' }],
    outputs: [{ name: 'spectra' }, { name: 'waves' }],
    constants: { fftSize: size, hop, bins, frames },
  },
  stems: ['a', 'b'],
} as unknown as PackManifest;

/** Answers with the spectrum as stem a's, twice the waveform as stem b's. */
function echo(seen: TensorValues[]): Model {
  return {
    provider: 'cpu',
    run: (inputs) => {
      seen.push(inputs);
      const spectra = new Float32Array(2 * 4 * plane);
      spectra.set(inputs['spectrum']!.data);
      const waves = new Float32Array(2 * 2 * window);
      waves.set(
        inputs['wave']!.data.map((sample) => 2 * sample),
        2 * window,
      );
      return Promise.resolve({
        spectra: { data: spectra, dims: [1, 2, 4, bins, frames] },
        waves: { data: waves, dims: [1, 2, 2, window] },
      });
    },
    close: () => Promise.resolve(),
  };
}

const channel = (seed: number) =>
  Float32Array.from({ length: window }, (_, n) => Math.sin(n * 0.05 * seed) + 0.3 * Math.cos(n * 0.4 * seed));

describe('the HTDemucs adapter', () => {
  it('adds the inverse transform of the spectral answer to the waveform answer', async () => {
    const model = htdemucs(installedPack(manifest, '/'), echo([]));
    const input = [channel(1), channel(1.7)];
    const [[a, b]] = (await model.run([input])) as [Float32Array[][]];
    for (const side of [0, 1]) {
      expect(a![side]!.length).toBe(window);
      // Demucs drops the two outermost frames of either side, and the Nyquist bin: between them all is there.
      const error = a![side]!.map((value, n) => Math.abs(value - input[side]![n]!)).slice(96, 1248);
      expect(Math.max(...error)).toBeLessThan(2e-3);
      expect(b![side]).toEqual(input[side]!.map((sample) => 2 * sample));
    }
  });

  it("feeds frames as Demucs' `_spec` cuts them: from 1.5 hops before the window, reflected, scaled by size^-1/2", async () => {
    const seen: TensorValues[] = [];
    const model = htdemucs(installedPack(manifest, '/'), echo(seen));
    const input = [channel(1), channel(2.3)];
    await model.run([input]);
    const spectrum = seen[0]!['spectrum']!.data;
    const at = (signal: Float32Array, n: number) => {
      const last = window - 1;
      const folded = n < 0 ? -n : n > last ? 2 * last - n : n;
      return signal[folded]!;
    };
    for (const [side, frame, bin] of [
      [0, 0, 3],
      [1, 0, 9],
      [0, 10, 1],
      [1, frames - 1, 4],
    ] as const) {
      let real = 0;
      let imag = 0;
      for (let n = 0; n < size; n++) {
        const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size);
        const sample = (at(input[side]!, frame * hop - 1.5 * hop + n) * hann) / Math.sqrt(size);
        real += sample * Math.cos((2 * Math.PI * bin * n) / size);
        imag -= sample * Math.sin((2 * Math.PI * bin * n) / size);
      }
      expect(spectrum[2 * side * plane + bin * frames + frame]).toBeCloseTo(real, 5);
      expect(spectrum[(2 * side + 1) * plane + bin * frames + frame]).toBeCloseTo(imag, 5);
    }
  });
});
