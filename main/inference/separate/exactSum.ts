import type { Planar } from '../../audio/audioStream.ts';

/**
 * Stems that add up to their source. Computed stems are rounded to steps of 2^-23 (those of a 24-bit file;
 * the noise of it is 149 dB below full scale), so that float32 sums of them are exact in any order while
 * they stay below 2. The remainder is the source minus that sum. Stems of a 16- or 24-bit source therefore
 * sum to it to the last bit; for a float source the remainder itself is rounded to float32, at most
 * -144 dBFS for samples up to full scale.
 */
const step = 2 ** -23;

/** Rounds in place to whole steps. */
export function snap(planes: Planar): void {
  for (const plane of planes) {
    for (let frame = 0; frame < plane.length; frame++) plane[frame] = Math.round(plane[frame]! / step) * step;
  }
}

/** source - sum(stems), [channel][frame]. */
export function remainderOf(source: Planar, stems: readonly Planar[]): Float32Array[] {
  return source.map((plane, channel) =>
    plane.map((sample, frame) => {
      let sum = 0;
      for (const stem of stems) sum += stem[channel]![frame]!;
      return sample - sum;
    }),
  );
}

/**
 * Largest |source - (stem 1 + stem 2 + ...)| when the stems are added as float32 one after the other, in the
 * order in which they are listed: what a DAW's mixer, or numpy, does with the files.
 */
export function residualPeak(source: Planar, stems: readonly Planar[]): number {
  let peak = 0;
  for (const [channel, plane] of source.entries()) {
    for (let frame = 0; frame < plane.length; frame++) {
      let sum = 0;
      for (const stem of stems) sum = Math.fround(sum + stem[channel]![frame]!);
      peak = Math.max(peak, Math.abs(plane[frame]! - sum));
    }
  }
  return peak;
}
