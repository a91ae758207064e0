import type { InferenceSession } from 'onnxruntime-node';
import { asSoniError } from '../../contracts/errors.ts';
import { tellUser } from '../host/userNotes.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { verifyFilesCheaply } from '../packs/verification.ts';
import { chooseProvider } from '../providers/chooseProvider.ts';
import { checkTensors, graphTensors } from './graphTensors.ts';
import { runSession, type TensorValues } from './runSession.ts';
import { createSession } from './session.ts';
import { modelThreads } from './threads.ts';

export interface LoadOptions {
  /** Execution provider, untested; else the one that is best for this pack here. */
  readonly provider?: string;
  /** Threads of the CPU provider; else one per core. */
  readonly threads?: number;
  /** Rewrites the graph of a model file for the CPU; weights may stay in the file. */
  readonly cpuGraph?: (file: string) => Uint8Array;
  readonly signal?: AbortSignal;
}

/** A loaded model. Runs follow each other; a run blocks the event loop, so looking for a cancel after each is enough. */
export interface Model {
  /** The execution provider in use, for the results. It changes when one fails and the CPU takes over. */
  readonly provider: string;
  run(inputs: TensorValues): Promise<TensorValues>;
  close(): Promise<void>;
}

/**
 * Loads a pack's model after checking its files and its tensors, on the provider that suits it best here.
 * When that fails, now or in a later run, the user is told and the CPU takes over.
 * @throws SoniError `corrupt`
 */
export async function loadModel(pack: InstalledPack, options: LoadOptions = {}): Promise<Model> {
  await verifyFilesCheaply(pack);
  const signal = options.signal ?? new AbortController().signal;
  const threads = options.threads ?? modelThreads();
  let provider = options.provider ?? (await chooseProvider(pack, { signal })).chosen;
  let session = await loadOn(provider).catch(fallBack);

  async function loadOn(on: string): Promise<InferenceSession> {
    const file = pack.filePath(pack.manifest.model.file);
    const graph = on === 'cpu' ? options.cpuGraph?.(file) : undefined;
    const loaded = await createSession(file, { provider: on, threads, graph });
    try {
      checkTensors(pack.manifest, {
        inputs: graphTensors(loaded.inputMetadata),
        outputs: graphTensors(loaded.outputMetadata),
      });
      return loaded;
    } catch (thrown) {
      await loaded.release();
      throw thrown;
    }
  }

  async function fallBack(thrown: unknown): Promise<InferenceSession> {
    if (provider === 'cpu') throw thrown;
    tellUser(`${provider} failed (${asSoniError(thrown).message}); the CPU goes on.`);
    provider = 'cpu';
    return await loadOn('cpu');
  }

  return {
    get provider() {
      return provider;
    },
    async run(inputs) {
      try {
        return await runSession(session, inputs);
      } catch (thrown) {
        if (provider === 'cpu') throw thrown;
        const failed = session;
        session = await fallBack(thrown);
        await failed.release();
        return await runSession(session, inputs);
      }
    },
    close: () => session.release(),
  };
}
