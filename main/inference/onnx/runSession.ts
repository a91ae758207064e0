import { setImmediate as nextTurn } from 'node:timers/promises';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SoniError } from '../../contracts/errors.ts';

/** Values by tensor name: float32, row-major. */
export type TensorValues = Record<string, { data: Float32Array; dims: readonly number[] }>;

/** One run of a session. It blocks the event loop; messages that came meanwhile are handled before it returns. */
export async function runSession(session: InferenceSession, inputs: TensorValues): Promise<TensorValues> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]),
  );
  const results = await session.run(feeds);
  // Let messages in (a cancel) before the caller goes on.
  await nextTurn();
  const outputs: TensorValues = {};
  for (const [name, value] of Object.entries(results)) {
    if (!(value.data instanceof Float32Array)) {
      throw new SoniError('corrupt', `The model's output "${name}" is ${value.type}, float32 was expected.`);
    }
    outputs[name] = { data: value.data, dims: value.dims };
  }
  return outputs;
}
