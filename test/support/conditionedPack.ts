import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackManifest } from '../../main/contracts/pack.ts';
import { encodeOnnxModel, type OnnxGraph } from '../../main/inference/convert/onnxModel.ts';
import { featureLevels } from '../../main/contracts/features.ts';
import { testManifest, writePack } from './testPack.ts';

const hops = [16, 4, 1] as const;
const contexts = [8, 8, 32] as const;
const clip = { window: 8, hop: 4, dimension: 2, input: 'audio', output: 'clip' } as const;
const windowTokens = 6;

const encode = (graph: Omit<OnnxGraph, 'name'>): Uint8Array =>
  encodeOnnxModel({ producer: 'test', opset: 17, graph: { name: 'test', ...graph } });

/** audio [batch, 2, samples] -> per level the largest sample of each token [batch, tokens]. */
const tokenise = encode({
  inputs: [{ name: 'audio', shape: ['batch', 2, 'samples'] }],
  outputs: featureLevels.map((name) => ({ name, shape: ['batch', `${name}_tokens`] })),
  constants: [],
  nodes: featureLevels.flatMap((name, index) => {
    const size = [hops[index]!];
    const attributes = { kernel_shape: size, strides: size };
    return [
      { op: 'MaxPool', inputs: ['audio'], outputs: [`${name}_pooled`], attributes },
      {
        op: 'ReduceMax',
        inputs: [`${name}_pooled`],
        outputs: [name],
        attributes: { axes: [1], keepdims: 0 },
      },
    ];
  }),
});

/** audio [batch, 2, samples] -> mean of each channel [batch, 2]. */
const embed = encode({
  inputs: [{ name: 'audio', shape: ['batch', 2, clip.window * hops[0]] }],
  outputs: [{ name: 'clip', shape: ['batch', clip.dimension] }],
  constants: [],
  nodes: [{ op: 'ReduceMean', inputs: ['audio'], outputs: ['clip'], attributes: { axes: [2], keepdims: 0 } }],
});

/** tokens [batch, context], (upper,) clip [batch, 2] -> the clip at each frame [batch, context - 1, 2]. */
const features = (index: number): Uint8Array =>
  encode({
    inputs: inputsOf(index).map(({ name, shape }) => ({ name, shape: shape.map((size) => size ?? 'batch') })),
    outputs: [{ name: 'features', shape: ['batch', contexts[index]! - 1, clip.dimension] }],
    constants: [
      { name: 'one', shape: [1], data: new BigInt64Array([1n]) },
      { name: 'two', shape: [1], data: new BigInt64Array([2n]) },
      { name: 'end', shape: [1], data: new BigInt64Array([BigInt(contexts[index]!)]) },
      { name: 'nothing', shape: [1], data: new Float32Array(1) },
    ],
    nodes: [
      { op: 'Slice', inputs: ['tokens', 'one', 'end', 'one'], outputs: ['later'] },
      { op: 'Mul', inputs: ['later', 'nothing'], outputs: ['zeros'] },
      { op: 'Unsqueeze', inputs: ['zeros', 'two'], outputs: ['column'] },
      { op: 'Unsqueeze', inputs: ['clip', 'one'], outputs: ['row'] },
      { op: 'Add', inputs: ['column', 'row'], outputs: ['features'] },
    ],
  });

const inputsOf = (index: number) => [
  { name: 'tokens', shape: [null, contexts[index]!] },
  ...(index === 0 ? [] : [{ name: 'upper', shape: [null, contexts[index]! / 4] }]),
  { name: 'clip', shape: [null, clip.dimension] },
];

/**
 * Installs a pack of SoniDo's kind among `packs` whose features are the condition itself: the mean of each channel
 * over the clip that a window takes.
 */
export async function conditionedPack(packs: string) {
  const id = 'conditioned';
  const graphs: Record<string, NonNullable<PackManifest['graphs']>[string]> = {
    clip: {
      file: 'clip.onnx',
      inputs: [{ name: 'audio', shape: [null, 2, clip.window * hops[0]] }],
      outputs: [{ name: 'clip', shape: [null, clip.dimension] }],
    },
  };
  const constants: Record<string, number> = {
    contextTokens: 1,
    clipWindow: clip.window,
    clipHop: clip.hop,
  };
  const files: Record<string, Uint8Array> = { 'tokenise.onnx': tokenise, 'clip.onnx': embed };
  for (const [index, level] of featureLevels.entries()) {
    constants[`${level}Hop`] = hops[index]!;
    constants[`${level}Codes`] = 16;
    constants[`${level}Layer`] = 1;
    files[`${level}.onnx`] = features(index);
    graphs[level] = {
      file: `${level}.onnx`,
      inputs: inputsOf(index),
      outputs: [{ name: 'features', shape: [null, contexts[index]! - 1, clip.dimension] }],
    };
  }
  const samples = windowTokens * hops[0];
  const manifest = testManifest(tokenise, {
    id,
    tasks: ['features'],
    model: {
      file: 'tokenise.onnx',
      adapter: 'sonido',
      sampleRate: 44_100,
      channels: 2,
      windowSamples: samples,
      overlapSamples: 2 * hops[0],
      maxBatch: 2,
      inputs: [{ name: 'audio', shape: [null, 2, samples] }],
      outputs: featureLevels.map((name, index) => ({ name, shape: [null, samples / hops[index]!] })),
      constants,
    },
  });
  const folder = join(packs, id);
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  await writePack(folder, {
    ...manifest,
    graphs,
    files: Object.entries(files).map(([name, bytes]) => ({
      name,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    })),
  });
  return { id, hop: hops[0], contexts, clip };
}
