import type { Role } from './roles.ts';
import type { TrackMeasurement } from './trackMeasurement.ts';

/** A guess from what is heard alone, for tracks whose name says nothing. Cautious: `other` has harmless settings. */
export function roleOfFeatures(track: TrackMeasurement): Role {
  const { centroidHz, lowestHz, crestDb, attacksPerSecond, tonality, widthDb } = track;
  if (centroidHz > 4500 && crestDb > 10) return 'hats';
  if (centroidHz < 160 && lowestHz < 70) return tonality > 0.985 && crestDb < 9 ? 'bass' : 'kick';
  if (crestDb > 10.5 && tonality < 0.94 && attacksPerSecond > 1.5)
    return lowestHz < 90 ? 'drums' : 'percussion';
  if (tonality < 0.8) return 'effects';
  if (attacksPerSecond < 1.5 && crestDb < 9 && widthDb > -8) return 'pad';
  return 'other';
}
