import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome } from '../../../test/support/tinyPack.ts';
import { encodeOnnxModel, type OnnxValue } from '../convert/onnxModel.ts';
import { releaseWarm } from '../onnx/warmSessions.ts';
import { importOnnx, type ImportParameters } from './importOnnx.ts';
import { verifyPack } from './verifyPack.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  await releaseWarm();
  await home.remove();
});

/** A graph with these tensors; each output is the input of the same number, `copies` times along axis 1. */
async function file(
  inputs: readonly OnnxValue[],
  outputs: readonly OnnxValue[],
  copies = 1,
): Promise<string> {
  const path = join(home.home, 'my model.onnx');
  await writeFile(
    path,
    encodeOnnxModel({
      producer: 'test',
      opset: 17,
      graph: {
        name: 'given',
        inputs,
        outputs,
        constants: [],
        nodes: outputs.map((output, i) => ({
          op: 'Concat',
          inputs: Array.from({ length: copies }, () => inputs[i]!.name),
          outputs: [output.name],
          attributes: { axis: 1 },
        })),
      },
    }),
  );
  return path;
}

const stated: ImportParameters = {
  id: 'mine',
  adapter: 'waveform',
  stems: ['vocals', 'rest'],
  sampleRate: 44100,
};

describe('importing an ONNX file', () => {
  it('makes a pack of a waveform model, its window from the graph', async () => {
    const path = await file(
      [{ name: 'mix', shape: ['batch', 2, 4096] }],
      [{ name: 'stems', shape: ['batch', 4, 4096] }],
      2,
    );
    const { manifest } = await importOnnx(path, stated);
    expect(manifest.model).toMatchObject({
      channels: 2,
      windowSamples: 4096,
      overlapSamples: 1024,
      maxBatch: 4,
      inputs: [{ name: 'mix', shape: [null, 2, 4096] }],
    });
    await verifyPack('mine');
  });

  it('makes a pack of an HTDemucs-like model', async () => {
    const path = await file(
      [
        { name: 'wave', shape: [1, 2, 1000] },
        { name: 'spectrum', shape: [1, 4, 16, 8] },
      ],
      [
        { name: 'wave_out', shape: [1, 2, 1000] },
        { name: 'spectrum_out', shape: [1, 4, 16, 8] },
      ],
    );
    const parameters = { ...stated, adapter: 'htdemucs', stems: ['a', 'b'] } as const;
    const { manifest } = await importOnnx(path, parameters);
    expect(manifest.model.constants).toEqual({ fftSize: 32, hop: 8, bins: 16, frames: 8 });
    expect(manifest.stems).toEqual(['a', 'b']);
  });

  const spectrograms = async (shape: (number | string)[]) =>
    await file([{ name: 'input', shape }], [{ name: 'output', shape }]);
  const mdx: ImportParameters = { id: 'mdx', adapter: 'mdx-net', sampleRate: 44100 };

  it('makes a pack of an MDX-Net of one stem: the other is what remains', async () => {
    const path = await spectrograms(['batch_size', 4, 3072, 256]);
    const { manifest } = await importOnnx(path, {
      ...mdx,
      stems: ['vocals'],
      fftSize: 7680,
      compensate: 1.03,
    });
    expect(manifest.stems).toEqual(['vocals', 'instrumental']);
    expect(manifest.model).toMatchObject({
      channels: 2,
      windowSamples: 261_120,
      overlapSamples: 63_360,
      maxBatch: 1,
      constants: { fftSize: 7680, hop: 1024, bins: 3072, frames: 256, compensate: 1.03, modelStems: 1 },
    });
    await verifyPack('mdx');
    const other = { ...mdx, id: 'drums', stems: ['drums'], fftSize: 6144 };
    const small = await spectrograms([1, 4, 2048, 256]);
    expect((await importOnnx(small, other)).manifest.stems).toEqual(['drums', 'no_drums']);
    const named = { ...other, id: 'named', stems: ['drums', 'band'] };
    expect((await importOnnx(small, named)).manifest.stems).toEqual(['drums', 'band']);
  });

  it.each<[string, Partial<ImportParameters>, (number | string)[], string]>([
    ['the FFT size is not known', { stems: ['vocals'] }, [1, 4, 3072, 256], '--fft; usual are 6144 and 7680'],
    [
      'the FFT size has too few bins',
      { stems: ['vocals'], fftSize: 4096 },
      [1, 4, 3072, 256],
      'at least 6142',
    ],
    [
      'the FFT size has a large factor',
      { stems: ['vocals'], fftSize: 6166 },
      [1, 4, 3072, 256],
      '2, 3, 5 and 7',
    ],
    [
      'frames are too few',
      { stems: ['vocals'], fftSize: 6144 },
      [1, 4, 2048, 7],
      'shorter than what is used',
    ],
    ['the hop is too long', { stems: ['vocals'], fftSize: 6144, hop: 2048 }, [1, 4, 2048, 256], 'a quarter'],
    ['no stem is named', { fftSize: 6144 }, [1, 4, 2048, 256], '--stems vocals'],
    [
      'too many are named',
      { stems: ['a', 'b', 'c'], fftSize: 6144 },
      [1, 4, 2048, 256],
      '3 names were stated',
    ],
    ['one is named twice', { stems: ['a', 'a'], fftSize: 6144 }, [1, 4, 2048, 256], '"a" is named twice'],
    ['frames are free', { stems: ['vocals'], fftSize: 6144 }, [1, 4, 2048, 'time'], 'a multiple of 1024'],
    [
      'it is a waveform model',
      { stems: ['vocals'], fftSize: 6144 },
      [1, 2, 4096],
      'This is no mdx-net model',
    ],
  ])('says what to state for an MDX-Net when %s', async (_, parameters, shape, message) => {
    const path = await spectrograms(shape);
    await expect(importOnnx(path, { ...mdx, ...parameters })).rejects.toMatchObject({
      kind: 'bad-usage',
      message: expect.stringContaining(message),
    });
  });

  it('takes an MDX-Net of any number of frames with a window', async () => {
    const path = await spectrograms([1, 4, 2048, 'time']);
    const { manifest } = await importOnnx(path, {
      ...mdx,
      stems: ['vocals'],
      fftSize: 6144,
      windowSamples: 99 * 1024,
    });
    expect(manifest.model.constants['frames']).toBe(100);
    // What the self-test of the providers feeds.
    expect(manifest.model.inputs[0]!.shape).toEqual([1, 4, 2048, 100]);
    await verifyPack('mdx');
  });

  it('refuses what does not fit', async () => {
    const path = await file([{ name: 'a', shape: [1, 3] }], [{ name: 'b', shape: [1, 3] }]);
    for (const adapter of ['waveform', 'htdemucs'] as const) {
      await expect(importOnnx(path, { ...stated, adapter })).rejects.toMatchObject({
        kind: 'bad-usage',
        message: expect.stringContaining('[1, 3]'),
      });
    }
    await expect(importOnnx(join(home.home, 'nothing.onnx'), stated)).rejects.toMatchObject({
      kind: 'not-found',
    });
    await writeFile(path, 'text, not a graph');
    await expect(importOnnx(path, stated)).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringContaining('no ONNX model'),
    });
    for (const id of ['../elsewhere', 'My Model', 'htdemucs']) {
      await expect(importOnnx(path, { ...stated, id })).rejects.toMatchObject({
        kind: 'bad-usage',
        message: expect.stringContaining(id),
      });
    }
  });
});
