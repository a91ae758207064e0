import type { Checkpoint, State } from '../../platform/checkpoint.ts';

export interface BatchJob {
  /** Pieces of work in all. */
  readonly count: number;
  /** Pieces that are done at a time. */
  readonly batch: number;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  /** Called once before the first piece, with how many were done in an earlier life. */
  open(done: number): Promise<void>;
  /** Does the pieces from `first` on; their results are with the operating system afterwards. */
  run(first: number, count: number): Promise<void>;
  progress(done: number): void;
}

/**
 * Does pieces of work that do not depend on each other, a batch at a time, and goes on from a checkpoint with the
 * same batches, so that the result is the same to the bit.
 * @returns wall time of the work in seconds, earlier attempts included
 * @throws SoniError `cancelled` through `signal`, and what the work throws
 */
export async function runBatches({ count, batch, checkpoint, signal, ...job }: BatchJob): Promise<number> {
  let next = 0;
  let seconds = 0;
  const state: State = (archive) => {
    next = archive.pass(next);
    seconds = archive.pass(seconds);
  };
  checkpoint.restore(state);
  await job.open(next);
  while (next < count) {
    signal.throwIfAborted();
    const started = performance.now();
    const size = Math.min(batch, count - next);
    await job.run(next, size);
    next += size;
    seconds += (performance.now() - started) / 1000;
    await checkpoint.tick(state);
    job.progress(next);
  }
  return seconds;
}
