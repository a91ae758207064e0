import { setImmediate as nextTurn } from 'node:timers/promises';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SoniError } from '../../contracts/errors.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { verifyFilesCheaply } from '../packs/verification.ts';
import { checkTensors, graphTensors } from './graphTensors.ts';
import { createSession } from './session.ts';

/** Values by tensor name: float32, row-major. */
export type TensorValues = Record<string, { data: Float32Array; dims: readonly number[] }>;

export interface LoadOptions {
  /** Execution provider; the CPU when not given. */
  readonly provider?: string;
  /** Threads of the CPU provider. */
  readonly threads?: number;
}

/** A loaded model. Runs follow each other; a run blocks the event loop, so looking for a cancel after each is enough. */
export interface Model {
  /** The execution provider in use, for the results. */
  readonly provider: string;
  run(inputs: TensorValues): Promise<TensorValues>;
  close(): Promise<void>;
}

/**
 * Loads a pack's model after checking its files and its tensors.
 * @throws SoniError `corrupt` | `unsupported`
 */
export async function loadModel(pack: InstalledPack, options: LoadOptions = {}): Promise<Model> {
  await verifyFilesCheaply(pack);
  const provider = options.provider ?? 'cpu';
  const session = await createSession(pack.filePath(pack.manifest.model.file), {
    provider,
    threads: options.threads,
  });
  try {
    checkTensors(pack.manifest, {
      inputs: graphTensors(session.inputMetadata),
      outputs: graphTensors(session.outputMetadata),
    });
  } catch (thrown) {
    await session.release();
    throw thrown;
  }
  return {
    provider,
    run: (inputs) => runSession(session, inputs),
    close: () => session.release(),
  };
}

async function runSession(session: InferenceSession, inputs: TensorValues): Promise<TensorValues> {
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, dims }]) => [name, new Tensor('float32', data, dims)]),
  );
  const results = await session.run(feeds);
  // The run blocked the event loop: let messages in (a cancel) before the caller goes on.
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
