import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackManifest } from '../../main/contracts/pack.ts';
import { encodeOnnxModel } from '../../main/inference/convert/onnxModel.ts';
import { testManifest, writePack } from './testPack.ts';

/** Our own folders in a temporary place for the length of a test. */
export async function temporaryHome(): Promise<{ home: string; remove(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'sonidesk-home-'));
  const before = process.env['SONIDESK_HOME'];
  process.env['SONIDESK_HOME'] = home;
  return {
    home,
    async remove() {
      if (before === undefined) delete process.env['SONIDESK_HOME'];
      else process.env['SONIDESK_HOME'] = before;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A model of 64 samples in, 8 filtered and squashed copies of 60 samples out: "x" [1, 1, 64] -> "y" [1, 8, 60]. */
export function tinyModel(): Uint8Array {
  const kernels = Float32Array.from({ length: 8 * 5 }, (_, i) => Math.sin(i));
  return encodeOnnxModel({
    producer: 'test',
    opset: 17,
    graph: {
      name: 'tiny',
      inputs: [{ name: 'x', shape: [1, 1, 64] }],
      outputs: [{ name: 'y', shape: [1, 8, 60] }],
      constants: [{ name: 'kernels', shape: [8, 1, 5], data: kernels }],
      nodes: [
        { op: 'Conv', inputs: ['x', 'kernels'], outputs: ['c'], attributes: { kernel_shape: [5] } },
        { op: 'Sigmoid', inputs: ['c'], outputs: ['y'] },
      ],
    },
  });
}

/** The manifest of a pack `tiny` with that model, or with the changes a test wants. */
export const tinyManifest = (model: Uint8Array, changes: Partial<PackManifest> = {}): PackManifest => ({
  ...testManifest(model, {
    id: 'tiny',
    tasks: ['features'],
    model: {
      file: 'tiny.onnx',
      adapter: 'waveform',
      sampleRate: 44100,
      channels: 1,
      windowSamples: 64,
      overlapSamples: 16,
      maxBatch: 1,
      inputs: [{ name: 'x', shape: [1, 1, 64] }],
      outputs: [{ name: 'y', shape: [1, 8, 60] }],
      constants: {},
    },
  }),
  ...changes,
});

/** Writes a manifest and a model into a folder that `addPack` takes. */
export const writePackFolder = (folder: string, manifest: unknown, model?: Uint8Array): Promise<string> =>
  writePack(folder, manifest, model && { name: 'tiny.onnx', bytes: model });
