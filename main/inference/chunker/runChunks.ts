import type { AudioReader, Planar } from '../../audio/audioStream.ts';
import type { Samples } from '../../contracts/units.ts';
import type { Checkpoint, Stage, State } from '../../platform/checkpoint.ts';
import { chunkAt, finishedAfter, planChunks, type ChunkPlan } from './chunkPlan.ts';
import { OverlapAdd } from './overlapAdd.ts';

/** A model that turns windows into windows of the same length. */
export interface WindowModel {
  readonly window: Samples;
  readonly overlap: Samples;
  /** Further frames that the model wants to see at either side of a window, and says nothing about. */
  readonly context: Samples;
  /** Windows that one call may hold. */
  readonly maxBatch: number;
  /** Channels of its output, all stems together. */
  readonly outputChannels: number;
  /** @param windows [batch][channel][window + 2 * context] @returns [batch][output channel][window] */
  run(windows: readonly Planar[]): Promise<readonly Planar[]>;
}

/** Takes finished audio as it is made. */
export interface ChunkSink extends Stage {
  /**
   * Opens its files, at the beginning or where its state, restored before, says.
   * @throws SoniError `corrupt` | `not-found` when they do not match it
   */
  open(): Promise<void>;
  /** Frames that follow those before: [output channel][frames]. */
  append(audio: readonly Float32Array[]): Promise<void>;
  /** All that its state speaks of is in the files afterwards. */
  flush(): Promise<void>;
  /** Lets go of the files, finished or not. */
  close(): Promise<void>;
}

export interface ChunkJob {
  readonly audio: AudioReader;
  /** Part of the audio to compute; windows at its borders still see the audio beyond. */
  readonly range: { readonly start: Samples; readonly frames: Samples };
  readonly model: WindowModel;
  /** Has all frames in it at the end; the caller closes it. */
  readonly sink: ChunkSink;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  progress(framesDone: Samples): void;
}

/**
 * Runs a model over audio of any length with the memory of one batch of windows. After every batch the
 * finished frames are with the sink; going on from a checkpoint gives the same result to the bit: batches start
 * at the same chunks, the sink gets the same pieces, and all sums are made in the same order.
 * @returns wall time of reading, running and overlap-adding in seconds, earlier attempts included
 * @throws SoniError `cancelled` through `signal`, `no-space` | `denied` from the disk
 */
export async function runChunks({ model, range, sink, checkpoint, ...job }: ChunkJob): Promise<number> {
  const plan = planChunks({ frames: range.frames, window: model.window, overlap: model.overlap });
  const sums = new OverlapAdd(plan, model.outputChannels);
  let next = 0;
  let seconds = 0;
  const state: State = (archive) => {
    next = archive.pass(next);
    seconds = archive.pass(seconds);
    sums.state(archive);
    sink.state(archive);
  };
  checkpoint.restore(state);
  await sink.open();
  while (next < plan.count) {
    job.signal.throwIfAborted();
    const started = performance.now();
    const windows: Planar[] = [];
    for (let index = next; index < Math.min(plan.count, next + model.maxBatch); index++) {
      windows.push(await readWindow(job.audio, plan, range.start, index, model.context));
    }
    const finished = (await model.run(windows)).map((output) => sums.add(output));
    seconds += (performance.now() - started) / 1000;
    for (const audio of finished) await sink.append(audio);
    next += windows.length;
    await checkpoint.tick(state, () => sink.flush());
    job.progress(finishedAfter(plan, next - 1));
  }
  return seconds;
}

/** The window of a chunk and its context, with silence where there is no audio: [channel][window + 2 * context]. */
async function readWindow(
  audio: AudioReader,
  plan: ChunkPlan,
  origin: Samples,
  index: number,
  context: Samples,
): Promise<Float32Array[]> {
  const from = origin + chunkAt(plan, index).windowStart - context;
  const length = plan.window + 2 * context;
  const start = Math.max(0, from);
  const planes = await audio.read(start, Math.max(0, from + length - start));
  if (planes[0]!.length === length) return planes;
  return planes.map((plane) => {
    const padded = new Float32Array(length);
    padded.set(plane, start - from);
    return padded;
  });
}
