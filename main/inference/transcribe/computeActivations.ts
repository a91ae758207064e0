import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AudioReader } from '../../audio/audioStream.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import type { Model } from '../onnx/model.ts';
import { ActivationFile, emptyActivations, type Activations } from './activations.ts';
import { frameCount, windowCount, type FrameLayout } from './basicPitchFrames.ts';
import { strongestBins } from './pitchBends.ts';

export interface ActivationJob {
  readonly audio: AudioReader;
  readonly layout: FrameLayout;
  readonly model: Model;
  /** Name of the model's one input. */
  readonly inputName: string;
  /** Windows of one run. */
  readonly batch: number;
  /** Names the work; a checkpoint of any other identity is not resumed from. */
  readonly identity: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  progress(samplesDone: number): void;
}

export interface ActivationResult {
  readonly file: ActivationFile;
  /** Wall time of all windows, earlier attempts included. */
  readonly seconds: number;
}

const checkpoint = z.object({
  identity: z.string(),
  /** Windows whose frames are in the file. */
  windows: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
});
type Checkpoint = z.infer<typeof checkpoint>;

/**
 * Runs the model over all windows, a batch at a time, into the activation file. After every batch a
 * checkpoint is renamed into place; called again with the same job it goes on there with the same batches,
 * so the result is the same to the bit. The caller closes the file.
 */
export async function computeActivations(job: ActivationJob): Promise<ActivationResult> {
  const { audio, layout, batch, signal } = job;
  const windows = windowCount(layout, audio.frames);
  const shape = {
    frames: frameCount(layout, audio.frames),
    pitches: layout.pitches,
    blockFrames: batch * layout.keptFrames,
  };
  const checkpointPath = join(job.directory, 'activations.checkpoint');
  const identity = JSON.stringify([job.identity, layout, batch, audio.frames]);
  let { windows: next, seconds } = await loadCheckpoint(checkpointPath, identity);
  const path = join(job.directory, 'activations.raw');
  const doneFrames = (done: number) => Math.min(shape.frames, done * layout.keptFrames);
  let file: ActivationFile;
  try {
    file = await ActivationFile.open(path, shape, doneFrames(next));
  } catch (thrown) {
    if (next === 0) throw thrown;
    // The scratch file does not match the checkpoint (somebody removed it): begin again.
    [next, seconds] = [0, 0];
    file = await ActivationFile.open(path, shape, 0);
  }
  try {
    while (next < windows) {
      signal.throwIfAborted();
      const started = performance.now();
      const count = Math.min(batch, windows - next);
      const block = await runWindows(job, next, count, shape.frames);
      await file.write(doneFrames(next), block);
      next += count;
      seconds += (performance.now() - started) / 1000;
      const state: Checkpoint = { identity, windows: next, seconds };
      await writeFileAtomic(checkpointPath, JSON.stringify(state));
      job.progress(Math.min(audio.frames, next * layout.windowHop));
    }
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
  return { file, seconds };
}

/** Nothing done when there is no checkpoint, or it is damaged or of other work. */
async function loadCheckpoint(path: string, identity: string): Promise<Checkpoint> {
  const nothing = { identity, windows: 0, seconds: 0 };
  try {
    const found = checkpoint.parse(JSON.parse(await readFile(path, 'utf8')));
    return found.identity === identity ? found : nothing;
  } catch {
    return nothing;
  }
}

/** The kept frames of `count` windows from window `first` on, cut to the end of the piece. */
async function runWindows(
  { audio, layout, model, inputName }: ActivationJob,
  first: number,
  count: number,
  allFrames: number,
): Promise<Activations> {
  const data = await readWindows(audio, layout, first, count);
  const results = await model.run({ [inputName]: { data, dims: [count, layout.windowSamples, 1] } });
  const notes = results[layout.noteOutput]!.data;
  const onsets = results[layout.onsetOutput]!.data;
  const contours = results[layout.contourOutput]!.data;

  const { pitches, framesPerWindow, keptFrames } = layout;
  const bins = pitches * layout.contourBinsPerSemitone;
  const frames = Math.min(count * keptFrames, allFrames - first * keptFrames);
  const block = emptyActivations(frames, pitches);
  for (let frame = 0; frame < frames; frame++) {
    const window = Math.floor(frame / keptFrames);
    const from = window * framesPerWindow + layout.overlapFrames / 2 + (frame - window * keptFrames);
    block.notes.set(notes.subarray(from * pitches, (from + 1) * pitches), frame * pitches);
    block.onsets.set(onsets.subarray(from * pitches, (from + 1) * pitches), frame * pitches);
    strongestBins(
      layout,
      contours.subarray(from * bins, (from + 1) * bins),
      block.bends.subarray(frame * pitches, (frame + 1) * pitches),
    );
  }
  return block;
}

/** [count · windowSamples]; silence before the start and after the end. A sample that is no number is silence too. */
async function readWindows(
  audio: AudioReader,
  layout: FrameLayout,
  first: number,
  count: number,
): Promise<Float32Array> {
  const { windowHop, windowSamples, lead } = layout;
  const origin = first * windowHop - lead;
  const start = Math.max(0, origin);
  const span = (count - 1) * windowHop + windowSamples;
  const [samples] = await audio.read(start, origin + span - start);
  const padded = new Float32Array(span);
  padded.set(samples!, start - origin);
  for (let i = 0; i < span; i++) if (!Number.isFinite(padded[i])) padded[i] = 0;
  const windows = new Float32Array(count * windowSamples);
  for (let i = 0; i < count; i++) {
    windows.set(padded.subarray(i * windowHop, i * windowHop + windowSamples), i * windowSamples);
  }
  return windows;
}
