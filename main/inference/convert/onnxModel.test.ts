import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { encodeOnnxModel, type OnnxModel } from './onnxModel.ts';

/** y = LeakyRelu(x · W) with a dynamic batch, then one slice with negative integers. */
const model: OnnxModel = {
  producer: 'test',
  opset: 17,
  graph: {
    name: 'tiny',
    inputs: [{ name: 'x', shape: ['batch', 2] }],
    outputs: [{ name: 'y', shape: ['batch', 2] }],
    constants: [
      { name: 'w', shape: [2, 3], data: Float32Array.of(1, -2, 3, 4, 5, -6) },
      { name: 'start', shape: [1], data: BigInt64Array.of(-2n) },
      { name: 'end', shape: [1], data: BigInt64Array.of(1n << 40n) },
      { name: 'axis', shape: [1], data: BigInt64Array.of(-1n) },
    ],
    nodes: [
      { op: 'MatMul', inputs: ['x', 'w'], outputs: ['xw'] },
      { op: 'LeakyRelu', inputs: ['xw'], outputs: ['r'], attributes: { alpha: { float: 0.5 } } },
      { op: 'Slice', inputs: ['r', 'start', 'end', 'axis'], outputs: ['y'] },
    ],
  },
};

test('onnxruntime computes what the encoded model says', async () => {
  const session = await InferenceSession.create(encodeOnnxModel(model));
  const x = new Tensor('float32', Float32Array.of(1, 0, 0, 1, 1, 1), [3, 2]);
  const { y } = await session.run({ x });
  expect(y!.dims).toEqual([3, 2]);
  expect([...(y!.data as Float32Array)]).toEqual([-1, 3, 5, -3, 3, -1.5]);
  await session.release();
});

test('the same model gives the same bytes', () => {
  expect(encodeOnnxModel(structuredClone(model))).toEqual(encodeOnnxModel(model));
});
