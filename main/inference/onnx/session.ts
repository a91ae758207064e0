import { basename, dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import './noTelemetry.ts';
import { SoniError } from '../../contracts/errors.ts';

export interface SessionOptions {
  readonly provider: string;
  /** Threads inside one operator; undefined leaves the choice to onnxruntime (the physical cores). */
  readonly threads?: number | undefined;
  /** No optimisation: quick to load, for looking at a graph only. */
  readonly inspectOnly?: boolean;
  /** A rewritten graph to load in place of the file's; its weights are found in the file's folder. */
  readonly graph?: Uint8Array | undefined;
  /** Start of the path of a profile, written by `endProfiling`. */
  readonly profilePrefix?: string | undefined;
}

/**
 * An onnxruntime session with the settings this product always uses.
 * - The memory pattern is off: it makes one block of all intermediate tensors at once.
 * - The CPU arena is on for rewritten graphs only. They free each tensor after its last use, and the arena then
 *   spares the page faults of getting the memory anew (HTDemucs, peak of the process and CPU time of a window:
 *   656 MB and 7.5 s with it, 1262 MB and 8.6 s without). Other graphs are planned by onnxruntime so that hardly
 *   anything is freed, and the arena would hold all of it for good (5.3 GB).
 * - Idle threads sleep instead of spinning: 6.1 s of CPU time instead of 7.5 s, left to whatever else runs.
 * @throws SoniError `corrupt` when the file is no ONNX graph that onnxruntime can load, `unsupported` when the provider fails
 */
export async function createSession(file: string, options: SessionOptions): Promise<InferenceSession> {
  if (!isMainThread) {
    // Ending a worker in the middle of a run aborts the whole process.
    throw new SoniError('internal', 'onnxruntime must not run in a worker thread; use the inference host.');
  }
  if (!listSupportedBackends().some(({ name }) => name === options.provider)) {
    // onnxruntime would use the CPU and say nothing.
    throw new SoniError('unsupported', `This build of onnxruntime has no provider "${options.provider}".`);
  }
  try {
    const settings: InferenceSession.SessionOptions = {
      executionProviders: options.provider === 'cpu' ? ['cpu'] : [options.provider, 'cpu'],
      enableCpuMemArena: options.graph !== undefined,
      enableMemPattern: false,
      graphOptimizationLevel: options.inspectOnly ? 'disabled' : 'all',
      executionMode: 'sequential',
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
      ...(options.profilePrefix !== undefined && {
        enableProfiling: true,
        profileFilePrefix: options.profilePrefix,
      }),
    };
    const intra_op = { allow_spinning: '0' };
    if (options.graph === undefined) {
      return await InferenceSession.create(file, { ...settings, extra: { session: { intra_op } } });
    }
    return await InferenceSession.create(options.graph, {
      ...settings,
      extra: {
        session: { intra_op, model_external_initializers_file_folder_path: dirname(file) },
      },
    });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoniError(
      options.provider === 'cpu' ? 'corrupt' : 'unsupported',
      options.provider === 'cpu'
        ? `The model ${file} cannot be loaded: ${message}. Verify its pack or get it again.`
        : `It cannot run ${basename(file)}: ${message}`,
      undefined,
      { cause: thrown },
    );
  }
}
