import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { InferenceSession } from 'onnxruntime-node';
import { SoniError } from '../../contracts/errors.ts';

export interface SessionOptions {
  readonly provider: string;
  /** Threads inside one operator; undefined leaves the choice to onnxruntime (the physical cores). */
  readonly threads?: number | undefined;
  /** The file is a prepared model. */
  readonly prepared?: boolean;
  /** No optimisation: quick to load, for looking at a graph only. */
  readonly inspectOnly?: boolean;
  /** A rewritten graph to load in place of the file's; its weights are found in the file's folder. */
  readonly graph?: Uint8Array | undefined;
}

/**
 * An onnxruntime session with the settings this product always uses. The memory pattern is off: it makes one
 * block of all intermediate tensors at once. The CPU arena is on for prepared models only, which free what
 * they no longer need (see `hideShapes`); with others it would hold all of it for good (HTDemucs: 5.3 GB).
 * @throws SoniError `corrupt` when the file is no ONNX graph that onnxruntime can load, `unsupported` when the provider fails
 */
export async function createSession(file: string, options: SessionOptions): Promise<InferenceSession> {
  if (!isMainThread) {
    // Ending a worker in the middle of a run aborts the whole process.
    throw new SoniError('internal', 'onnxruntime must not run in a worker thread; use the inference host.');
  }
  try {
    const settings: InferenceSession.SessionOptions = {
      executionProviders: options.provider === 'cpu' ? ['cpu'] : [options.provider, 'cpu'],
      enableCpuMemArena: options.prepared ?? false,
      enableMemPattern: false,
      graphOptimizationLevel: options.inspectOnly ? 'disabled' : 'all',
      executionMode: 'sequential',
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    };
    if (options.graph === undefined) return await InferenceSession.create(file, settings);
    return await InferenceSession.create(options.graph, {
      ...settings,
      // What is freed in time can be kept for the next tensor: no page faults, and no more at the peak.
      enableCpuMemArena: true,
      extra: { session: { model_external_initializers_file_folder_path: dirname(file) } },
    });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoniError(
      options.provider === 'cpu' ? 'corrupt' : 'unsupported',
      options.provider === 'cpu'
        ? `The model ${file} cannot be loaded: ${message}. Verify its pack or get it again.`
        : `The execution provider ${options.provider} cannot run ${file}: ${message}`,
      undefined,
      { cause: thrown },
    );
  }
}
