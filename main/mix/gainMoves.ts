import { stripRanges } from '../contracts/mixPlan.ts';
import type { Lufs } from '../contracts/units.ts';
import { clamp, isSilent, signedDb, tenth, type Track, withArticle } from './track.ts';

/** Part of the way to the usual level that is gone: the usual is a habit, not a law. */
const conviction = 0.8;

/**
 * Gain staging. Every track is compared with the loudness that its role has beside a lead vocal; the balance as a
 * whole is anchored where the fewest important tracks have to move (weighted median), and tracks within their
 * role's tolerance are left alone.
 * @param loudness gated loudness of each track after its EQ and compressor; `null` for silence
 */
export function setGains(tracks: readonly Track[], loudness: readonly (Lufs | null)[]): void {
  const offsets = tracks.map((track, k) => {
    const level = loudness[k];
    return level === null || level === undefined || isSilent(track) ? null : level - track.profile.level;
  });
  const anchor = weightedMedian(
    offsets.flatMap((offset, k) =>
      offset === null ? [] : [{ value: offset, weight: tracks[k]!.profile.importance }],
    ),
  );
  tracks.forEach((track, k) => {
    const offset = offsets[k];
    if (offset === null || offset === undefined) return;
    const excess = offset - anchor;
    if (Math.abs(excess) <= track.profile.tolerance) return;
    const gainDb = tenth(clamp(-excess * conviction, stripRanges.gainDb));
    track.strip = { ...track.strip, gainDb };
    const { label, level } = track.profile;
    track.moves.push({
      target: 'gain',
      action: signedDb(gainDb),
      reason: `At ${loudness[k]!.toFixed(1)} LUFS it is ${Math.abs(excess).toFixed(1)} dB ${excess > 0 ? 'louder' : 'quieter'} than ${withArticle(label)} usually is in this balance (${signedDb(level)} to the lead vocal, which here means ${(anchor + level).toFixed(1)} LUFS).`,
    });
  });
}

/** The value with half of the weight on either side; 0 of nothing. */
export function weightedMedian(
  values: readonly { readonly value: number; readonly weight: number }[],
): number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { value, weight } of sorted) {
    sum += weight;
    if (sum >= half) return value;
  }
  return 0;
}
