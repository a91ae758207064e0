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
    await expect(importOnnx(path, stated)).rejects.toMatchObject({ kind: 'corrupt' });
    for (const id of ['../elsewhere', 'My Model', 'htdemucs']) {
      await expect(importOnnx(path, { ...stated, id })).rejects.toMatchObject({
        kind: 'bad-usage',
        message: expect.stringContaining(id),
      });
    }
  });
});
