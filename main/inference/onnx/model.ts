import type { InferenceSession } from 'onnxruntime-node';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { tellUser } from '../host/userNotes.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { verifyFilesCheaply } from '../packs/verification.ts';
import { chooseProvider } from '../providers/chooseProvider.ts';
import { clearInUse, diedInUse, markInUse } from '../providers/crashMarker.ts';
import { checkTensors, graphTensors } from './graphTensors.ts';
import { runSession, type TensorValues } from './runSession.ts';
import { createSession } from './session.ts';
import { modelThreads } from './threads.ts';
import { keepWarm, makeRoom, takeWarm } from './warmSessions.ts';

export interface LoadOptions {
  /** One of the pack's further graphs; else its model. */
  readonly graph?: string;
  /** Execution provider, untested; else the one that is best for this pack here. */
  readonly provider?: string;
  /** Threads of the CPU provider; else one per core. */
  readonly threads?: number;
  /** Rewrites the graph of a model file for the CPU; weights may stay in the file. A named function. */
  readonly cpuGraph?: (file: string) => Uint8Array;
  /** Ends a self-test of the providers. */
  readonly signal?: AbortSignal;
}

/** A loaded model. Runs follow each other; a run blocks the event loop, so looking for a cancel after each is enough. */
export interface Model {
  /** The execution provider in use, for the results. It changes when one fails and the CPU takes over. */
  readonly provider: string;
  run(inputs: TensorValues): Promise<TensorValues>;
  /** The model stays warm for a while, for the next job. */
  close(): Promise<void>;
}

/**
 * Loads a pack's model after checking its files and its tensors, on the provider that suits it best here.
 * When that fails, now or in a later run, the user is told and the CPU takes over.
 * @throws SoniError `corrupt` | `bad-usage` (a provider that is not there)
 */
export async function loadModel(pack: InstalledPack, options: LoadOptions = {}): Promise<Model> {
  await verifyFilesCheaply(pack);
  const { id, files } = pack.manifest;
  const model = graphOf(pack.manifest, options.graph);
  const { sha256, bytes } = files.find(({ name }) => name === model.file)!;
  const threads = options.threads ?? modelThreads();
  let provider = options.provider ?? (await providerFor(pack, options.signal));
  let session = await loadOn(provider).catch(fallBack);
  let closed = false;

  function warmKey(on: string): string {
    return JSON.stringify([sha256, on, threads, options.cpuGraph?.name]);
  }

  async function loadOn(on: string): Promise<InferenceSession> {
    const warm = takeWarm(warmKey(on));
    if (warm !== undefined) return warm;
    await makeRoom(bytes);
    if (on !== 'cpu') await markInUse(id, on);
    const file = pack.filePath(model.file);
    const graph = on === 'cpu' ? options.cpuGraph?.(file) : undefined;
    const loaded = await createSession(file, { provider: on, threads, graph });
    try {
      checkTensors(
        pack.manifest,
        {
          inputs: graphTensors(loaded.inputMetadata),
          outputs: graphTensors(loaded.outputMetadata),
        },
        model,
      );
      return loaded;
    } catch (thrown) {
      await loaded.release();
      throw thrown;
    }
  }

  async function fallBack(thrown: unknown): Promise<InferenceSession> {
    if (provider === 'cpu') throw thrown;
    tellUser(`${provider} failed (${inShort(asSoniError(thrown).message)}); the CPU goes on.`);
    await clearInUse(id);
    provider = 'cpu';
    return await loadOn('cpu');
  }

  return {
    get provider() {
      return provider;
    },
    async run(inputs) {
      if (closed) throw new SoniError('internal', `The model ${id} was run after it had been closed.`);
      if (provider === 'cpu') return await runSession(session, inputs);
      await markInUse(id, provider);
      try {
        return await runSession(session, inputs);
      } catch (thrown) {
        const failed = session;
        session = await fallBack(thrown);
        await failed.release();
        return await runSession(session, inputs);
      }
    },
    async close() {
      if (closed) return;
      closed = true;
      if (provider !== 'cpu') await clearInUse(id);
      await keepWarm(warmKey(provider), session, bytes);
    },
  };
}

function graphOf(manifest: PackManifest, name: string | undefined) {
  const graph = name === undefined ? manifest.model : manifest.graphs?.[name];
  if (graph !== undefined) return graph;
  throw new SoniError('corrupt', `The pack ${manifest.id} has no graph "${name}". Get a fitting pack.`);
}

/** What onnxruntime says, without its source files and conditions. */
const inShort = (message: string): string =>
  message
    .replace(/\S*onnxruntime_src\S*.*? was false\.\s*/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);

async function providerFor(pack: InstalledPack, signal?: AbortSignal): Promise<string> {
  const died = await diedInUse(pack.manifest.id);
  if (died === undefined) return (await chooseProvider(pack, signal && { signal })).chosen;
  tellUser(`The last run ended abruptly while ${died} was at work; this one uses the CPU.`);
  return 'cpu';
}
