import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AudioReader, Planar } from '../../audio/audioStream.ts';
import { asSoniError } from '../../contracts/errors.ts';
import type { Samples } from '../../contracts/units.ts';
import { chunkAt, finishedAfter, planChunks, type ChunkPlan } from './chunkPlan.ts';
import { loadCheckpoint, saveCheckpoint, type SinkState } from './checkpoint.ts';
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
export interface ChunkSink {
  /** Frames that follow those before: [output channel][frames]. */
  append(audio: readonly Float32Array[]): Promise<void>;
  /** All that can be written is in the files afterwards; what comes back is needed to go on behind it. */
  save(): Promise<SinkState>;
  /** Lets go of the files, finished or not. */
  close(): Promise<void>;
}

export interface ChunkJob<Sink extends ChunkSink> {
  readonly audio: AudioReader;
  /** Part of the audio to compute; windows at its borders still see the audio beyond. */
  readonly range: { readonly start: Samples; readonly frames: Samples };
  readonly model: WindowModel;
  /**
   * Makes the sink, at its beginning or where a checkpoint says.
   * @throws SoniError `corrupt` | `not-found` when its files do not match the checkpoint
   */
  readonly openSink: (saved: SinkState | null) => Promise<Sink>;
  /** Names the work; a checkpoint of any other identity is not resumed from. */
  readonly identity: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  progress(framesDone: Samples): void;
}

export interface ChunkResult<Sink> {
  /** With all frames in it; the caller closes it. */
  readonly sink: Sink;
  /** Wall time of reading, running and overlap-adding, earlier attempts included. */
  readonly seconds: number;
}

const checkpointName = 'chunks.checkpoint';

/**
 * Runs a model over audio of any length with the memory of one batch of windows. After every batch the
 * finished frames are with the sink and a checkpoint with its state and the overlap tail is renamed into
 * place; called again with the same job it goes on there, and the result is the same to the bit: batches
 * start at the same chunks, the sink gets the same pieces, and all sums are made in the same order.
 * @throws SoniError `cancelled` through `signal`, `no-space` | `denied` from the disk
 */
export async function runChunks<Sink extends ChunkSink>(job: ChunkJob<Sink>): Promise<ChunkResult<Sink>> {
  const { model, range } = job;
  const plan = planChunks({ frames: range.frames, window: model.window, overlap: model.overlap });
  const path = join(job.directory, checkpointName);
  const identity = JSON.stringify([job.identity, range, plan, model.maxBatch, model.outputChannels]);
  let { next, seconds, tail, sink } = await begin(job, path, identity);
  try {
    const sums = new OverlapAdd(plan, model.outputChannels, next, tail);
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
      await saveCheckpoint(path, { identity, next, seconds, tail: sums.tail(), sink: await sink.save() });
      job.progress(finishedAfter(plan, next - 1));
    }
    return { sink, seconds };
  } catch (thrown) {
    await sink.close();
    throw thrown;
  }
}

/** Where the last attempt got to, or the beginning. */
async function begin<Sink extends ChunkSink>(job: ChunkJob<Sink>, path: string, identity: string) {
  const saved = await loadCheckpoint(path, identity);
  if (saved !== null) {
    try {
      return { ...saved, sink: await job.openSink(saved.sink) };
    } catch (thrown) {
      const { kind } = asSoniError(thrown);
      if (kind !== 'corrupt' && kind !== 'not-found') throw thrown;
      // The files do not match the checkpoint (somebody removed them): begin again.
      await rm(path, { force: true });
    }
  }
  return { next: 0, seconds: 0, tail: undefined, sink: await job.openSink(null) };
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
