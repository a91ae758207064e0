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

/** More than half the length of the resampling filter, at either rate. */
const filterMargin = 2048;

/**
 * Model frames that cover a source range, with room for the resampling filter. They start at an instant
 * that both rates have a sample at (every 160 frames for 48 kHz and 44.1 kHz), so that upsampled stems need
 * no shift by a part of a sample.
 */
export function modelRange(
  source: { sampleRate: Hertz; frames: Samples },
  model: { sampleRate: Hertz; frames: Samples },
  wanted: FrameRange,
): ModelRange {
  if (source.sampleRate === model.sampleRate) return { model: wanted, sourceOrigin: wanted.start };
  const common = greatestCommonDivisor(source.sampleRate, model.sampleRate);
  const sourcePeriod = source.sampleRate / common;
  const modelPeriod = model.sampleRate / common;
  const periods = Math.floor(Math.max(0, wanted.start - filterMargin) / sourcePeriod);
  const end =
    Math.ceil(((wanted.start + wanted.frames) * model.sampleRate) / source.sampleRate) + filterMargin;
  const start = periods * modelPeriod;
  return {
    model: { start, frames: Math.max(0, Math.min(end, model.frames) - start) },
    sourceOrigin: periods * sourcePeriod,
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
