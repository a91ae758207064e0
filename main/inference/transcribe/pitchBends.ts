import type { FrameLayout } from './basicPitchFrames.ts';

/** Contour bins looked at on both sides of a pitch: 8 1/3 semitones. */
const reach = 25;
/** Standard deviation, in bins, of the weight that prefers bins near the pitch. */
const deviation = 5;

const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
  Math.exp(-0.5 * ((i - reach) / deviation) ** 2),
);

/**
 * For one frame and every pitch: the distance in contour bins (thirds of a semitone) to the strongest
 * weighted bin near it. What the authors' `get_pitch_bends` computes for the frames of a note, done for all
 * pitches so that the contour (264 values a frame) need not be kept.
 * @param contour [pitches · bins per semitone] @param bends [pitches], written
 */
export function strongestBins(layout: FrameLayout, contour: Float32Array, bends: Int8Array): void {
  for (let pitch = 0; pitch < layout.pitches; pitch++) {
    const centre = pitch * layout.contourBinsPerSemitone;
    const first = Math.max(0, centre - reach);
    const end = Math.min(contour.length, centre + reach + 1);
    let best = first;
    let strongest = -Infinity;
    for (let bin = first; bin < end; bin++) {
      const value = contour[bin]! * weights[bin - centre + reach]!;
      if (value > strongest) {
        strongest = value;
        best = bin;
      }
    }
    bends[pitch] = best - centre;
  }
}
