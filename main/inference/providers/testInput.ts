import type { PackManifest } from '../../contracts/pack.ts';
import type { TensorValues } from '../onnx/runSession.ts';

/** About the level of music. */
const level = 0.1;

/**
 * Input of a self-test: one window of noise, the same every time, uniform between -0.1 and 0.1. Dynamic
 * dimensions are 1 (the first is the batch).
 */
export function testInput(manifest: PackManifest): TensorValues {
  let state = 1;
  const next = () => {
    // Park and Miller's generator: exact in doubles, period 2^31 - 2.
    state = (state * 48271) % 2147483647;
    return ((2 * state) / 2147483647 - 1) * level;
  };
  return Object.fromEntries(
    manifest.model.inputs.map(({ name, shape }) => {
      const dims = shape.map((size) => size ?? 1);
      const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
      return [name, { data: data.map(next), dims }];
    }),
  );
}
