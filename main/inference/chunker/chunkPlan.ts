import { SoniError } from '../../contracts/errors.ts';
import type { Samples } from '../../contracts/units.ts';

/** How audio of a known length is cut into overlapping windows of one size. */
export interface ChunkPlan {
  readonly frames: Samples;
  /** Window length; every window that a model sees has exactly this many frames. */
  readonly window: Samples;
  /** Frames shared by neighbouring windows. */
  readonly overlap: Samples;
  /** Distance of neighbouring windows: `window - overlap`. */
  readonly hop: Samples;
  readonly count: number;
}

/** One window of a plan. */
export interface Chunk {
  readonly index: number;
  /** First frame of the audio that this chunk is about. */
  readonly start: Samples;
  /** Frames it is about; below the window length only for the last chunk. */
  readonly frames: Samples;
  /** Where the model's window starts. Negative, or ending after the audio, where it has to be padded with silence. */
  readonly windowStart: Samples;
}

/**
 * Windows at multiples of the hop until one reaches the end of the audio. A shorter last chunk is centred
 * in its window, so that the model sees real audio before it and silence only after it (the rule of Demucs'
 * `apply_model`; its windows that lie wholly inside the one before are left out).
 * @throws SoniError `bad-usage` for sizes that make no plan
 */
export function planChunks(size: { frames: Samples; window: Samples; overlap: Samples }): ChunkPlan {
  const { frames, window, overlap } = size;
  const whole = [frames, window, overlap].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!whole || window < 1 || overlap >= window) {
    throw new SoniError(
      'bad-usage',
      `Windows of ${window} frames that share ${overlap} cannot cut ${frames} frames; the overlap must be shorter than the window.`,
    );
  }
  const hop = window - overlap;
  const count = frames === 0 ? 0 : 1 + Math.ceil(Math.max(0, frames - window) / hop);
  return { frames, window, overlap, hop, count };
}

export function chunkAt(plan: ChunkPlan, index: number): Chunk {
  const start = index * plan.hop;
  const frames = Math.min(plan.window, plan.frames - start);
  return { index, start, frames, windowStart: start - Math.floor((plan.window - frames) / 2) };
}

/** Frames that no chunk after `index` touches, counted from the start of the audio. */
export const finishedAfter = (plan: ChunkPlan, index: number): Samples =>
  index === plan.count - 1 ? plan.frames : (index + 1) * plan.hop;
