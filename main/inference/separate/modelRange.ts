import type { Hertz, Samples } from '../../contracts/units.ts';

export interface FrameRange {
  readonly start: Samples;
  readonly frames: Samples;
}

/** The part of the model-rate audio that is separated for a part of the source, and how the two line up. */
export interface ModelRange {
  readonly model: FrameRange;
  /** The source frame at the very instant of the first model frame; at or before the wanted start. */
  readonly sourceOrigin: Samples;
}

/**
 * More than half the length of the resampling filter between two rates, in frames of `at`, one of them: the
 * filter reaches 170 frames of the lower rate.
 */
export const filterMargin = (at: Hertz, other: Hertz): Samples =>
  at === other ? 0 : Math.ceil(512 * Math.max(1, at / other));

/** Frames between two instants that both rates have a sample at: every 160 at 48 kHz, 147 at 44.1 kHz. */
export function commonPeriod(source: Hertz, model: Hertz): { source: Samples; model: Samples } {
  const common = greatestCommonDivisor(source, model);
  return { source: source / common, model: model / common };
}

/**
 * Model frames that cover a source range, with room for the resampling filter. They start at an instant
 * that both rates have a sample at, so that upsampled stems need no shift by a part of a sample.
 */
export function modelRange(
  source: { sampleRate: Hertz; frames: Samples },
  model: { sampleRate: Hertz; frames: Samples },
  wanted: FrameRange,
): ModelRange {
  if (source.sampleRate === model.sampleRate) return { model: wanted, sourceOrigin: wanted.start };
  const period = commonPeriod(source.sampleRate, model.sampleRate);
  const before = filterMargin(source.sampleRate, model.sampleRate);
  const periods = Math.floor(Math.max(0, wanted.start - before) / period.source);
  const end =
    Math.ceil(((wanted.start + wanted.frames) * model.sampleRate) / source.sampleRate) +
    filterMargin(model.sampleRate, source.sampleRate);
  const start = periods * period.model;
  return {
    model: { start, frames: Math.max(0, Math.min(end, model.frames) - start) },
    sourceOrigin: periods * period.source,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
