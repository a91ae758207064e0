import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AudioReader, Planar } from '../../audio/audioStream.ts';
import type { Samples } from '../../contracts/units.ts';
import { chunkAt, finishedAfter, planChunks, type ChunkPlan } from './chunkPlan.ts';
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { OverlapAdd } from './overlapAdd.ts';
import { RawAudioFile } from './rawAudio.ts';

/** A model that turns windows into windows of the same length. */
export interface WindowModel {
  readonly window: Samples;
  readonly overlap: Samples;
  /** Windows that one call may hold. */
  readonly maxBatch: number;
  /** Channels of each output file, in the order of the model's output channels. */
  readonly outputs: readonly { readonly name: string; readonly channels: number }[];
  /** @param windows [batch][channel][window] @returns [batch][output channel][window] */
  run(windows: readonly Planar[]): Promise<readonly Planar[]>;
}

export interface ChunkJob {
  readonly audio: AudioReader;
  /** Part of the audio to compute; windows at its borders still see the audio beyond. */
  readonly range: { readonly start: Samples; readonly frames: Samples };
  readonly model: WindowModel;
  /** Names the work; a checkpoint of any other identity is not resumed from. */
  readonly identity: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  progress(framesDone: Samples): void;
}

export interface ChunkResult {
  /** One raw file for each output, in order, of `range.frames` frames. */
  readonly files: readonly string[];
  /** Wall time of reading, running and overlap-adding, earlier attempts included. */
  readonly seconds: number;
  readonly checkpoint: string;
}

/**
 * Runs a model over audio of any length with the memory of one batch of windows. After every batch the
 * finished frames are on disk and a checkpoint with the overlap tail is renamed into place; called again
 * with the same job it goes on there, and the files come out the same to the bit: batches start at the same
 * chunks, and all sums are made in the same order.
 * @throws SoniError `cancelled` through `signal`, `no-space` | `denied` from the disk
 */
export async function runChunks(job: ChunkJob): Promise<ChunkResult> {
  const { model, range } = job;
  const plan = planChunks({ frames: range.frames, window: model.window, overlap: model.overlap });
  const files = model.outputs.map(({ name }) => join(job.directory, `${name}.raw`));
  const checkpoint = join(job.directory, 'chunks.checkpoint');
  const channels = model.outputs.reduce((sum, output) => sum + output.channels, 0);
  const identity = JSON.stringify([job.identity, range, plan, model.maxBatch, model.outputs]);

  let { next, seconds, tail } = (await loadCheckpoint(checkpoint, identity)) ?? {
    next: 0,
    seconds: 0,
    tail: undefined,
  };
  let sinks: RawAudioFile[];
  try {
    sinks = await openSinks(files, model, next === 0 ? 0 : finishedAfter(plan, next - 1));
  } catch (thrown) {
    if (next === 0) throw thrown;
    // The scratch files do not match the checkpoint (somebody removed them): begin again.
    await rm(checkpoint, { force: true });
    [next, seconds, tail] = [0, 0, undefined];
    sinks = await openSinks(files, model, 0);
  }

  try {
    const sums = new OverlapAdd(plan, channels, next, tail);
    while (next < plan.count) {
      job.signal.throwIfAborted();
      const started = performance.now();
      const windows: Planar[] = [];
      for (let index = next; index < Math.min(plan.count, next + model.maxBatch); index++) {
        windows.push(await readWindow(job.audio, plan, range.start, index));
      }
      const outputs = await model.run(windows);
      for (const output of outputs) await appendAll(sinks, sums.add(output));
      next += windows.length;
      seconds += (performance.now() - started) / 1000;
      await saveCheckpoint(checkpoint, { identity, next, seconds, tail: sums.tail() });
      job.progress(finishedAfter(plan, next - 1));
    }
  } finally {
    for (const sink of sinks) await sink.close();
  }
  return { files, seconds, checkpoint };
}

async function openSinks(files: readonly string[], model: WindowModel, frames: Samples) {
  const sinks: RawAudioFile[] = [];
  try {
    for (const [index, file] of files.entries()) {
      sinks.push(await RawAudioFile.openAt(file, model.outputs[index]!.channels, frames));
    }
  } catch (thrown) {
    for (const sink of sinks) await sink.close();
    throw thrown;
  }
  return sinks;
}

/** The window of a chunk, with silence where the audio has ended: [channel][window]. */
async function readWindow(
  audio: AudioReader,
  plan: ChunkPlan,
  origin: Samples,
  index: number,
): Promise<Float32Array[]> {
  const from = origin + chunkAt(plan, index).windowStart;
  const start = Math.max(0, from);
  const planes = await audio.read(start, from + plan.window - start);
  if (planes[0]!.length === plan.window) return planes;
  return planes.map((plane) => {
    const padded = new Float32Array(plan.window);
    padded.set(plane, start - from);
    return padded;
  });
}

async function appendAll(sinks: readonly RawAudioFile[], planes: readonly Float32Array[]): Promise<void> {
  let channel = 0;
  for (const sink of sinks) {
    await sink.append(planes.slice(channel, channel + sink.channels));
    channel += sink.channels;
  }
}
