import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeOnnxModel, type OnnxNode } from '../../convert/onnxModel.ts';
import { createSession } from '../../onnx/session.ts';
import { constantNode, constantVector } from './constantNode.ts';
import { fuseAttention } from './fuseAttention.ts';
import { hideShapes } from './hideShapes.ts';
import { encodeOnnxGraph, readOnnxGraph, type OnnxGraphFile } from './onnxGraph.ts';
import { removeUnused } from './removeUnused.ts';

const width = 512;
const frames = { queries: 7, keys: 5 };

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-graph-'));
  file = join(folder, 'attention.onnx');
  await writeFile(file, attentionModel());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Deterministic values around zero. */
const values = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, n) => Math.sin(n * 12.9898 * seed) * 0.3);

/** Cross attention as PyTorch exports it, without the constants for its shapes. */
function attentionModel(): Uint8Array {
  const transpose = (from: string, to: string, perm: number[]): OnnxNode => ({
    op: 'Transpose',
    inputs: [from],
    outputs: [to],
    attributes: { perm },
  });
  const laidOut = (part: string, frames: string): OnnxNode[] => [
    { op: 'Reshape', inputs: [part, `${frames}3`], outputs: [`${part}3`] },
    transpose(`${part}3`, `${part}t`, [1, 0, 2]),
    { op: 'Reshape', inputs: [`${part}t`, `${frames}4`], outputs: [`${part}4`] },
  ];
  return encodeOnnxModel({
    producer: 'test',
    opset: 17,
    graph: {
      name: 'attention',
      inputs: [
        { name: 'x', shape: [frames.queries, 1, width] },
        { name: 'y', shape: [frames.keys, 1, width] },
      ],
      outputs: [{ name: 'out', shape: [frames.queries, width] }],
      constants: [
        { name: 'wq', shape: [width, width], data: values(width * width, 1) },
        { name: 'wv', shape: [width, width], data: values(width * width, 2) },
        { name: 'root', shape: [1], data: Float32Array.of(64 ** -0.25) },
      ],
      nodes: [
        { op: 'MatMul', inputs: ['x', 'wq'], outputs: ['q'] },
        { op: 'MatMul', inputs: ['y', 'wv'], outputs: ['v'] },
        { op: 'Sigmoid', inputs: ['y'], outputs: ['k'] },
        ...laidOut('q', 'queries'),
        ...laidOut('k', 'keys'),
        ...laidOut('v', 'keys'),
        { op: 'Mul', inputs: ['q4', 'root'], outputs: ['qs'] },
        transpose('k4', 'kt4', [0, 1, 3, 2]),
        { op: 'Mul', inputs: ['kt4', 'root'], outputs: ['ks'] },
        { op: 'MatMul', inputs: ['qs', 'ks'], outputs: ['scores'] },
        { op: 'Softmax', inputs: ['scores'], outputs: ['weights'], attributes: { axis: -1 } },
        { op: 'MatMul', inputs: ['weights', 'v4'], outputs: ['mixed'] },
        transpose('mixed', 'mixedt', [2, 0, 1, 3]),
        { op: 'Reshape', inputs: ['mixedt', 'flat'], outputs: ['out'] },
      ],
    },
  });
}

/** The file's graph with its shapes as Constant nodes, as exporters write them. */
function original(): OnnxGraphFile {
  const graph = readOnnxGraph(file);
  const shapes = Object.entries(frames).flatMap(([name, count]) => [
    constantNode(`${name}3`, [BigInt(count), 8n, 64n]),
    constantNode(`${name}4`, [1n, 8n, BigInt(count), 64n]),
  ]);
  return {
    ...graph,
    nodes: [...shapes, constantNode('flat', [BigInt(frames.queries), BigInt(width)]), ...graph.nodes],
  };
}

async function compute(graph: OnnxGraphFile): Promise<Float32Array> {
  const session = await createSession(file, { provider: 'cpu', threads: 1, graph: encodeOnnxGraph(graph) });
  const { out } = await session.run({
    x: new Tensor('float32', values(frames.queries * width, 3), [frames.queries, 1, width]),
    y: new Tensor('float32', values(frames.keys * width, 4), [frames.keys, 1, width]),
  });
  await session.release();
  expect(out!.dims).toEqual([frames.queries, width]);
  return out!.data as Float32Array;
}

describe('rewriting a graph', () => {
  it('finds the weights in the original file', () => {
    expect(encodeOnnxGraph(original()).length).toBeLessThan(8000);
  });

  it('keeps the numbers with attention fused and shapes hidden', async () => {
    const expected = await compute(original());
    const fused = removeUnused(fuseAttention(original(), width));
    expect(fused.nodes.map(({ op }) => op)).toContain('MultiHeadAttention');
    expect(fused.nodes.map(({ op }) => op)).not.toContain('Softmax');
    for (const graph of [fused, hideShapes(fused), hideShapes(original())]) {
      const found = await compute(graph);
      const error = found.reduce((most, value, n) => Math.max(most, Math.abs(value - expected[n]!)), 0);
      expect(error).toBeLessThan(1e-5);
    }
  });

  it('frees one axis of every reshape and all sizes of inputs and outputs', () => {
    const hidden = hideShapes(original());
    const producer = new Map(hidden.nodes.map((node) => [node.outputs[0]!, node]));
    for (const node of hidden.nodes.filter(({ op }) => op === 'Reshape')) {
      expect(constantVector(producer.get(node.inputs[1]!))![0]).toBe(-1n);
    }
    const sizes = (graph: OnnxGraphFile) => graph.graphFields.reduce((sum, field) => sum + field.length, 0);
    expect(sizes(hidden)).toBeLessThan(sizes(original()));
  });

  it('leaves a graph without attention alone', () => {
    const graph = { ...original(), nodes: original().nodes.filter(({ op }) => op !== 'Softmax') };
    expect(fuseAttention(graph, width)).toBe(graph);
  });

  it('refuses a file that is no model', async () => {
    const broken = join(folder, 'broken.onnx');
    await writeFile(broken, Uint8Array.of(0x3a, 0xff, 0xff, 0x03, 0x0a));
    expect(() => readOnnxGraph(broken)).toThrow('damaged at byte');
  });
});
