import type { Planar } from '../../audio/audioStream.ts';

/**
 * Spreads what a model's stems leave of the mix evenly over all of them, in place. This is the orthogonal
 * projection onto stems that sum to the mix; the true stems do, so the error summed over all stems can only
 * become smaller. (HTDemucs leaves about -30 dB of a mix. All of it in the remainder cost that stem 0.1 dB
 * where it is quiet; every stem a quarter of it moves none by more than 0.04 dB: models/LOG.md.)
 * A model of one stem has nothing to share with.
 * @param mix [channel][frame] @param stems [stem][channel][frame]
 */
export function shareResidual(mix: Planar, stems: readonly Planar[]): void {
  if (stems.length < 2) return;
  for (const [channel, plane] of mix.entries()) {
    for (let frame = 0; frame < plane.length; frame++) {
      let left = plane[frame]!;
      for (const stem of stems) left -= stem[channel]![frame]!;
      left /= stems.length;
      for (const stem of stems) stem[channel]![frame]! += left;
    }
  }
}
