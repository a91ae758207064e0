import type { AudioReader } from '../../audio/audioStream.ts';
import type { Checkpoint } from '../../platform/checkpoint.ts';
import { runBatches } from '../chunker/runBatches.ts';
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
  /** The scratch file. */
  readonly path: string;
  readonly checkpoint: Checkpoint;
  readonly signal: AbortSignal;
  progress(samplesDone: number): void;
}

export interface ActivationResult {
  readonly file: ActivationFile;
  /** Wall time of all windows, earlier attempts included. */
  readonly seconds: number;
}

/** Runs the model over all windows, a batch at a time, into the activation file. The caller closes the file. */
export async function computeActivations(job: ActivationJob): Promise<ActivationResult> {
  const { audio, layout, batch, checkpoint, signal } = job;
  const shape = {
    frames: frameCount(layout, audio.frames),
    pitches: layout.pitches,
    blockFrames: batch * layout.keptFrames,
  };
  let file: ActivationFile | undefined;
  try {
    const seconds = await runBatches({
      count: windowCount(layout, audio.frames),
      batch,
      checkpoint,
      signal,
      open: async (done) => {
        file = await ActivationFile.open(job.path, shape, Math.min(shape.frames, done * layout.keptFrames));
      },
      run: async (first, count) =>
        file!.write(first * layout.keptFrames, await runWindows(job, first, count, shape.frames)),
      progress: (done) => job.progress(Math.min(audio.frames, done * layout.windowHop)),
    });
    return { file: file!, seconds };
  } catch (thrown) {
    await file?.close();
    throw thrown;
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
