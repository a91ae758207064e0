import type { FeatureTensor } from '../../contracts/features.ts';
import type { OperationContext } from '../../contracts/operations.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { resumable } from '../../platform/checkpoint.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { runBatches, type BatchJob } from '../chunker/runBatches.ts';
import type { Model } from '../onnx/model.ts';

export interface TensorJob extends Pick<BatchJob, 'count' | 'batch'> {
  readonly pack: PackManifest;
  readonly model: Pick<Model, 'provider'>;
  /** Names the work in its checkpoint. */
  readonly identity: readonly unknown[];
  readonly path: string;
  readonly tensors: readonly FeatureTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly context: OperationContext;
  /** Seconds of audio that the work is about. */
  readonly audioSeconds: number;
  /** Does the pieces from `first` on and writes them to their rows. */
  write(file: TensorFile, first: number, count: number): Promise<void>;
}

/**
 * Fills a safetensors file piece by piece; goes on with it where it was cut short.
 * @returns how the model was run
 */
export async function intoTensors({ pack, model, context, path, tensors, metadata, ...job }: TensorJob) {
  const identity = [...job.identity, pack.id, pack.version, model.provider];
  const seconds = await resumable(context.directory, identity, async (checkpoint) => {
    let file: TensorFile | undefined;
    try {
      return await runBatches({
        count: job.count,
        batch: job.batch,
        checkpoint,
        signal: context.signal,
        open: async (done) => {
          file = await (done === 0
            ? TensorFile.create(path, tensors, metadata)
            : TensorFile.goOn(path, tensors, metadata));
        },
        run: (first, count) => job.write(file!, first, count),
        progress: (done) => context.progress({ done, total: job.count }),
      });
    } finally {
      await file?.close();
    }
  });
  return {
    pack: pack.id,
    packVersion: pack.version,
    provider: model.provider,
    seconds,
    realtimeFactor: seconds > 0 ? job.audioSeconds / seconds : 0,
  };
}
