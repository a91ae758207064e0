import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { Samples, Seconds } from '../../contracts/units.ts';

/** The numbers and names of a Basic Pitch model, from its manifest; derivations are in the pack's README. */
const constants = z.object({
  hop: z.number().int().positive(),
  framesPerWindow: z.number().int().positive(),
  overlapFrames: z.number().int().nonnegative().multipleOf(2),
  lowestPitch: z.number().int().nonnegative(),
  pitches: z.number().int().positive(),
  contourBinsPerSemitone: z.number().int().positive(),
  contourOutput: z.string(),
  noteOutput: z.string(),
  onsetOutput: z.string(),
});

/** How a Basic Pitch model sees audio: overlapping windows, of which it keeps the middle frames. */
export interface FrameLayout extends z.infer<typeof constants> {
  readonly sampleRate: number;
  readonly windowSamples: Samples;
  /** Distance of neighbouring windows. */
  readonly windowHop: Samples;
  /** Frames of a window that are kept: half the overlap is cut off both ends. */
  readonly keptFrames: number;
  /** Windows start this much before the audio that their kept frames are about. */
  readonly lead: Samples;
}

/** @throws SoniError `corrupt` when the manifest lacks a constant */
export function frameLayout({ id, model }: PackManifest): FrameLayout {
  const parsed = constants.safeParse(model.constants);
  if (!parsed.success) {
    throw new SoniError(
      'corrupt',
      `The manifest of ${id} does not describe a Basic Pitch model: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { hop, framesPerWindow, overlapFrames } = parsed.data;
  return {
    ...parsed.data,
    sampleRate: model.sampleRate,
    windowSamples: model.windowSamples,
    windowHop: model.windowSamples - overlapFrames * hop,
    keptFrames: framesPerWindow - overlapFrames,
    lead: (overlapFrames / 2) * hop,
  };
}

/** Windows whose kept frames cover the audio. */
export const windowCount = (layout: FrameLayout, samples: Samples): number =>
  Math.ceil(samples / layout.windowHop);

/**
 * Kept frames that begin within the audio. The authors keep only floor(samples · 86 / 22,050), which at
 * 142 frames every 36,164 samples leaves out the last 0.7 % of a piece: 1.2 s of three minutes.
 */
export function frameCount(layout: FrameLayout, samples: Samples): number {
  if (samples === 0) return 0;
  const last = windowCount(layout, samples) - 1;
  const rest = Math.ceil((samples - last * layout.windowHop) / layout.hop);
  return last * layout.keptFrames + Math.min(layout.keptFrames, rest);
}

/**
 * Where a frame of the joined windows is. 142 frames of 256 samples are 188 samples more than the distance of
 * two windows, so every window starts 188 samples before its place in an even grid. (The authors spread this
 * over 172 frames, 8.5 ms + a fitted 1.8 ms each: right on average, up to 11 ms off in between.)
 */
export function frameTime(layout: FrameLayout, frame: number): Seconds {
  const window = Math.floor(frame / layout.keptFrames);
  const within = frame - window * layout.keptFrames;
  return (window * layout.windowHop + within * layout.hop) / layout.sampleRate;
}
