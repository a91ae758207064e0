import { mkdir } from 'node:fs/promises';
import { env } from 'onnxruntime-node';
import type { inferenceHost } from '../../contracts/inferenceHost.ts';
import type { Handlers } from '../../rpc/serve.ts';
import { fileError } from '../../platform/fileError.ts';
import { modelThreads } from '../onnx/threads.ts';
import { findPack } from '../packs/findPack.ts';
import { availableProviders } from '../providers/available.ts';
import { chooseProvider } from '../providers/chooseProvider.ts';
import { runOperation } from '../registry.ts';
import { OperationQueue } from './operationQueue.ts';
import { withUserNotes } from './userNotes.ts';

/** What an inference host answers, whatever the transport. */
export function hostHandlers(queue = new OperationQueue()): Handlers<typeof inferenceHost> {
  return {
    run: ({ operation, input, directory }, { signal, emit }) =>
      queue.run(async () => {
        await mkdir(directory, { recursive: true }).catch((thrown: unknown) => {
          throw fileError(thrown, `make the folder ${directory}`);
        });
        let last = { done: 0, total: 1 };
        return await withUserNotes(
          (note) => emit({ ...last, note }),
          () =>
            runOperation(operation, input, {
              signal,
              directory,
              progress: (update) => {
                last = { done: update.done, total: update.total };
                emit(update);
              },
            }),
        );
      }, signal),
    info: () => ({
      pid: process.pid,
      node: process.versions.node,
      onnxruntime: env.versions.node ?? env.versions.common,
      threads: modelThreads(),
      providers: availableProviders(),
      residentBytes: process.memoryUsage.rss(),
    }),
    describePack: async ({ pack, task }) => (await findPack(pack, task)).manifest,
    selfTest: ({ pack, force }, { signal }) =>
      queue.run(async () => chooseProvider(await findPack(pack), { force, signal }), signal),
  };
}
