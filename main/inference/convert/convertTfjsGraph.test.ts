import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convertTfjsGraph } from './convertTfjsGraph.ts';
import * as reference from './tfjsReference.ts';
import { tensor, type Tensor } from './tfjsReference.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-'));
});
afterAll(() => rm(folder, { recursive: true }));

const base64 = (text: string) => ({ s: Buffer.from(text).toString('base64') });
const list = (values: readonly number[]) => ({ list: { i: values.map(String) } });

/** Writes a graph model as the TensorFlow.js converter does, and knows what it has to compute. */
class GraphWriter {
  private readonly nodes: object[] = [];
  private readonly weights: { name: string; shape: readonly number[]; dtype: string }[] = [];
  private readonly data: Uint8Array[] = [];
  /** The tensor so far, and the name of its node; axis `batch` holds the batch. */
  value: Tensor;
  name = 'x';
  batch: number | null = 0;

  constructor(readonly input: Tensor) {
    this.value = input;
    const dim = input.shape.map((size, axis) => ({ size: axis === 0 ? '-1' : String(size) }));
    this.nodes.push({ name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim } } } });
  }

  weight(shape: readonly number[], data: Float32Array | Int32Array): string {
    const name = `w${this.weights.length}`;
    const dtype = data instanceof Float32Array ? 'float32' : 'int32';
    this.weights.push({ name, shape, dtype });
    this.data.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.nodes.push({ name, op: 'Const', attr: {} });
    return name;
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.weight(shape, Int32Array.from(values));
  }

  node(op: string, input: readonly string[], attr: object = {}): string {
    const name = `n${this.nodes.length}`;
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  /** The next step of the chain. */
  step(op: string, more: readonly string[], attr: object, value: Tensor): void {
    this.name = this.node(op, [this.name, ...more], attr);
    this.value = value;
  }

  async write(path: string): Promise<void> {
    const model = {
      format: 'graph-model',
      signature: { outputs: { y: { name: `${this.name}:0` } } },
      modelTopology: { node: this.nodes },
      weightsManifest: [{ paths: ['w.bin'], weights: this.weights }],
    };
    await writeFile(path, JSON.stringify(model));
    await writeFile(join(folder, 'w.bin'), Buffer.concat(this.data));
  }
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** One random step; `draw(n)` gives 0 to n - 1. Steps that do not fit the tensor at hand do nothing. */
const steps: ((graph: GraphWriter, draw: (below: number) => number) => void)[] = [
  function transpose(graph, draw) {
    const rest = range(graph.value.shape.length);
    const perm = range(rest.length).map(() => rest.splice(draw(rest.length), 1)[0]!);
    if (graph.batch !== null) graph.batch = perm.indexOf(graph.batch);
    graph.step('Transpose', [graph.integers(perm)], {}, reference.transpose(graph.value, perm));
  },
  function expandDims(graph, draw) {
    const { shape } = graph.value;
    if (shape.length > 4) return;
    const at = draw(shape.length + 1);
    const axis = draw(2) === 0 ? at : at - shape.length - 1;
    if (graph.batch !== null && at <= graph.batch) graph.batch++;
    const value = reference.reshape(graph.value, shape.toSpliced(at, 0, 1));
    graph.step('ExpandDims', [graph.integers([axis], [])], {}, value);
  },
  function squeeze(graph) {
    const { shape } = graph.value;
    const axis = shape.findIndex((size, at) => size === 1 && at !== graph.batch);
    if (axis === -1) return;
    if (graph.batch !== null && axis < graph.batch) graph.batch--;
    const attr = { squeeze_dims: list([axis - shape.length]) };
    graph.step('Squeeze', [], attr, reference.reshape(graph.value, shape.toSpliced(axis, 1)));
  },
  function pad(graph, draw) {
    if (graph.value.data.length > 2000) return;
    const mirror = draw(2) === 0;
    const pads = graph.value.shape.map((size, axis) => {
      const most = axis === graph.batch ? 1 : mirror ? size : 3;
      return [draw(most), draw(most)] as [number, number];
    });
    const amounts = graph.integers(pads.flat(), [pads.length, 2]);
    const value = reference.pad(graph.value, pads, mirror);
    graph.step(mirror ? 'MirrorPad' : 'Pad', [amounts], mirror ? { mode: base64('REFLECT') } : {}, value);
  },
  function slice(graph, draw) {
    const { shape } = graph.value;
    const starts = shape.map((size, axis) => (axis === graph.batch ? 0 : draw(size)));
    const ends = shape.map((size, axis) =>
      axis === graph.batch ? size : starts[axis]! + 1 + draw(size - starts[axis]!),
    );
    const open = range(shape.length).filter((axis) => axis === graph.batch);
    const mask = { i: String(open.reduce((bits, axis) => bits | (1 << axis), 0)) };
    const inputs = [
      starts,
      ends.map((end, axis) => (end === shape[axis] ? 0x7fffffff : end - shape[axis]!)),
      shape.map(() => 1),
    ];
    const value = reference.slice(graph.value, starts, ends);
    graph.step(
      'StridedSlice',
      inputs.map((values) => graph.integers(values)),
      { begin_mask: mask, end_mask: mask },
      value,
    );
  },
  function shrink(graph, draw) {
    const { shape } = graph.value;
    const axis = draw(shape.length);
    if (axis === graph.batch || shape.length < 2) return;
    const at = draw(shape[axis]!);
    const others = { i: String(((1 << shape.length) - 1) ^ (1 << axis)) };
    const inputs = [
      range(shape.length).map((a) => (a === axis ? at : 0)),
      shape.map(() => 0),
      shape.map(() => 1),
    ];
    const cut = reference.slice(
      graph.value,
      shape.map((_, a) => (a === axis ? at : 0)),
      shape.map((size, a) => (a === axis ? at + 1 : size)),
    );
    if (graph.batch !== null && axis < graph.batch) graph.batch--;
    const attr = { begin_mask: others, end_mask: others, shrink_axis_mask: { i: String(1 << axis) } };
    const value = reference.reshape(cut, shape.toSpliced(axis, 1));
    graph.step(
      'StridedSlice',
      inputs.map((values) => graph.integers(values)),
      attr,
      value,
    );
  },
  function join(graph, draw) {
    const { shape } = graph.value;
    const axis = draw(shape.length);
    if (axis === graph.batch || graph.value.data.length > 2000) return;
    const negative = graph.node('Neg', [graph.name]);
    const parts = [graph.value, reference.unary(graph.value, (value) => -value)];
    graph.step(
      'ConcatV2',
      [negative, graph.integers([axis], [])],
      { N: { i: '2' } },
      reference.concat(parts, axis),
    );
  },
  function pack(graph, draw) {
    const { shape } = graph.value;
    if (shape.length > 4 || graph.value.data.length > 2000) return;
    const axis = draw(shape.length + 1);
    const squared = graph.node('Square', [graph.name]);
    const parts = [graph.value, reference.unary(graph.value, (value) => value * value)].map((part) =>
      reference.reshape(part, shape.toSpliced(axis, 0, 1)),
    );
    if (graph.batch !== null && axis <= graph.batch) graph.batch++;
    graph.step(
      'Pack',
      [squared],
      { N: { i: '2' }, axis: { i: String(axis) } },
      reference.concat(parts, axis),
    );
  },
  function arithmetic(graph, draw) {
    const operations = {
      AddV2: (a: number, b: number) => a + b,
      Sub: (a: number, b: number) => a - b,
      Mul: (a: number, b: number) => a * b,
      DivNoNan: (a: number, b: number) => (b === 0 ? 0 : a / b),
    };
    const [op, f] = Object.entries(operations)[draw(4)]!;
    const from = draw(graph.value.shape.length);
    const shape = graph.value.shape
      .slice(from)
      .map((size, i) => (from + i === graph.batch || draw(2) === 0 ? 1 : size));
    const other = tensor(shape, () => draw(5) / 2);
    graph.step(op, [graph.weight(shape, other.data)], {}, reference.binary(graph.value, other, f));
  },
  function reduction(graph, draw) {
    const { shape } = graph.value;
    const axes = range(shape.length).filter((axis) => axis !== graph.batch && draw(3) === 0);
    if (axes.length === 0) return;
    const keep = draw(2) === 0;
    const [op, f] = (
      [
        ['Sum', (a: number, b: number) => a + b],
        ['Min', Math.min],
        ['Max', Math.max],
      ] as const
    )[draw(3)]!;
    // Centred on the part that was reduced, so that broadcasting a reduced tensor is tried too.
    const value = reference.reduce(graph.value, axes, true, (a, b) => f(a, b));
    const reduced = graph.node(op, [graph.name, graph.integers(axes)], { keep_dims: { b: true } });
    if (keep) {
      graph.step(
        'Sub',
        [reduced],
        {},
        reference.binary(graph.value, value, (a, b) => a - b),
      );
      return;
    }
    const before = axes.filter((axis) => graph.batch !== null && axis < graph.batch).length;
    if (graph.batch !== null) graph.batch -= before;
    graph.step(
      op,
      [graph.integers(axes)],
      {},
      reference.reshape(
        value,
        shape.filter((_, axis) => !axes.includes(axis)),
      ),
    );
  },
  function convolution(graph, draw) {
    const { shape } = graph.value;
    if (shape.length !== 4 || graph.batch !== 0) return;
    const kernelShape = [1 + draw(shape[1]!), 1 + draw(shape[2]!), shape[3]!, 1 + draw(3)];
    const kernel = tensor(kernelShape, () => (draw(9) - 4) / 8);
    const strides = [1 + draw(2), 1 + draw(2)] as const;
    const padding = draw(2) === 0 ? 'SAME' : 'VALID';
    const bias = tensor([kernelShape[3]!], () => (draw(9) - 4) / 8);
    const fused = draw(2) === 0;
    const attr = {
      data_format: base64('NHWC'),
      padding: base64(padding),
      strides: list([1, ...strides, 1]),
      dilations: list([1, 1, 1, 1]),
      ...(fused && { fused_ops: { list: { s: ['BiasAdd', 'Relu'].map((text) => base64(text).s) } } }),
    };
    const plain = reference.conv2d(graph.value, kernel, strides, padding);
    const inputs = [graph.weight(kernelShape, kernel.data)];
    if (fused) {
      const value = reference.binary(plain, bias, (a, b) => Math.max(0, a + b));
      graph.step('_FusedConv2D', [...inputs, graph.weight(bias.shape, bias.data)], attr, value);
    } else graph.step('Conv2D', inputs, attr, plain);
  },
  function reshape(graph, draw) {
    const { shape } = graph.value;
    if (graph.batch !== 0) return;
    // The batch size is asked for at run time, as Keras does it.
    const sizes = graph.node('Shape', [graph.name]);
    const one = graph.integers([1]);
    const first = graph.node('StridedSlice', [sizes, graph.integers([0]), one, one], {
      shrink_axis_mask: { i: '1' },
    });
    const rest = shape.slice(1).reduce((all, size) => all * size, 1);
    const [target, named] =
      draw(2) === 0
        ? [[shape[0]!, rest], [rest]]
        : [
            [shape[0]!, 1, rest, 1],
            [1, -1, 1],
          ];
    const parts = named.map((size) => graph.integers([size], []));
    const packed = graph.node('Pack', [first, ...parts], {
      N: { i: String(parts.length + 1) },
      axis: { i: '0' },
    });
    graph.step('Reshape', [packed], {}, reference.reshape(graph.value, target));
  },
];

/** Numerical Recipes' 32-bit generator: `draw(n)` gives 0 to n - 1. */
function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * below);
  };
}

test('random graphs compute the same in ONNX', async () => {
  const chosen = fc.array(fc.nat(steps.length - 1), { minLength: 2, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.nat(), chosen, async (seed, chain) => {
      const draw = drawing(seed);
      const shape = [2, 2 + draw(4), 2 + draw(4), 1 + draw(3)];
      const graph = new GraphWriter(tensor(shape, () => (draw(17) - 8) / 8));
      for (const index of chain) steps[index]!(graph, draw);
      graph.step(
        'Sigmoid',
        [],
        {},
        reference.unary(graph.value, (value) => 1 / (1 + Math.exp(-value))),
      );

      const path = join(folder, 'model.json');
      const onnx = join(folder, 'model.onnx');
      await graph.write(path);
      await convertTfjsGraph(path, onnx);
      const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
      const x = new OrtTensor('float32', graph.input.data, graph.input.shape);
      const result = (await session.run({ x }))[graph.name]!;
      await session.release();
      expect(result.dims).toEqual(graph.value.shape);
      const found = result.data as Float32Array;
      const worst = graph.value.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - found[i]!)),
        0,
      );
      expect(worst).toBeLessThan(1e-4);
    }),
    { numRuns: 100 },
  );
});

test('the same graph gives the same bytes', async () => {
  const graph = new GraphWriter(tensor([1, 3, 4, 2], () => 1));
  const draw = drawing(11);
  for (const step of steps) step(graph, draw);
  const path = join(folder, 'model.json');
  await graph.write(path);
  await convertTfjsGraph(path, join(folder, 'a.onnx'));
  await convertTfjsGraph(path, join(folder, 'b.onnx'));
  expect(await readFile(join(folder, 'a.onnx'))).toEqual(await readFile(join(folder, 'b.onnx')));
});

test('what cannot be converted is named', async () => {
  const path = join(folder, 'model.json');
  const convert = () => convertTfjsGraph(path, join(folder, 'never.onnx'));
  const graph = new GraphWriter(tensor([1, 2], () => 1));
  graph.step('Erfc', [], {}, graph.value);
  await graph.write(path);
  await expect(convert()).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('Erfc'),
  });

  await writeFile(join(folder, 'w.bin'), '');
  const cut = new GraphWriter(tensor([1, 2], () => 1));
  cut.step('Transpose', [cut.integers([1, 0])], {}, cut.value);
  await cut.write(path);
  await writeFile(join(folder, 'w.bin'), 'abc');
  await expect(convert()).rejects.toMatchObject({ kind: 'corrupt' });
  await writeFile(path, '{"format":"layers-model"}');
  await expect(convert()).rejects.toMatchObject({ kind: 'corrupt' });
  await writeFile(path, 'not json');
  await expect(convert()).rejects.toMatchObject({ kind: 'corrupt' });
  await rm(path);
  await expect(convert()).rejects.toMatchObject({ kind: 'not-found' });
});
