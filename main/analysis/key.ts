import { keyAt, tonics, type KeyFit, type Tags } from '../contracts/tags.ts';
import { keyProfiles, type KeyProfile } from './keyProfiles.ts';
import { fineBins } from './pitchContent.ts';

export interface KeyOptions {
  readonly profile: KeyProfile;
  /** Weight of the bass against the harmony. */
  readonly bassWeight: number;
  /** Each degree of the chroma is raised to this: below 1 evens it out. */
  readonly exponent: number;
}

export const keyDefaults: KeyOptions = {
  profile: keyProfiles.albrechtShanahan,
  bassWeight: 0.5,
  exponent: 1,
};

/** Below this sum of frames (a second of tone) there is no key. */
const fewestFrames = 10;

/** Offset of the tuning from A4 = 440 Hz in semitones, -0.5 to 0.5: the circular mean of where the peaks lie. */
export function tuningOffset(fine: Float64Array): number {
  const perSemitone = fineBins / 12;
  let x = 0;
  let y = 0;
  for (let bin = 0; bin < fineBins; bin++) {
    const angle = (2 * Math.PI * bin) / perSemitone;
    x += fine[bin]! * Math.cos(angle);
    y += fine[bin]! * Math.sin(angle);
  }
  return Math.atan2(y, x) / (2 * Math.PI);
}

/** Twelve degrees, C first, from a fine histogram; a peak counts for a semitone by cos² of its distance. */
function chroma(fine: Float64Array, tuning: number): Float64Array {
  const out = new Float64Array(12);
  for (let bin = 0; bin < fineBins; bin++) {
    const pitch = (bin * 12) / fineBins - tuning;
    const degree = Math.round(pitch);
    const weight = Math.cos(Math.PI * (pitch - degree)) ** 2;
    const index = ((degree % 12) + 12) % 12;
    out[index] = out[index]! + fine[bin]! * weight;
  }
  return out;
}

function correlation(a: ArrayLike<number>, b: readonly number[], shift: number): number {
  let meanA = 0;
  let meanB = 0;
  for (let k = 0; k < 12; k++) {
    meanA += a[k]! / 12;
    meanB += b[k]! / 12;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let k = 0; k < 12; k++) {
    const x = a[(k + shift) % 12]! - meanA;
    const y = b[k]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/**
 * How tuned chroma correlates with the profiles of all 24 keys.
 * @param harmony, bass fine histograms of pitchContent.ts; a sum below ten frames counts as no pitch: null
 */
export function fitOfKeys(harmony: Float64Array, bass: Float64Array, options = keyDefaults): KeyFit | null {
  const all = harmony.map((value, bin) => value + bass[bin]!);
  const frames = all.reduce((sum, value) => sum + value, 0);
  if (!(frames >= fewestFrames)) return null;
  const tuning = tuningOffset(all);
  const low = chroma(bass, tuning);
  const degrees = chroma(harmony, tuning).map(
    (value, k) => (value + options.bassWeight * low[k]!) ** options.exponent,
  );
  return tonics.flatMap((_, shift) =>
    (['major', 'minor'] as const).map((mode) => correlation(degrees, options.profile[mode], shift)),
  );
}

/** The key that fits best. Confidence grows with the distance to the next best; null when none fits at all. */
export function bestKey(fit: KeyFit): Tags['key'] {
  const [best, next] = fit.map((score, index) => ({ score, index })).toSorted((a, b) => b.score - a.score);
  if (best === undefined || next === undefined || best.score <= 0) return null;
  const confidence = best.score * (1 - Math.exp(-(best.score - next.score) / 0.1));
  return { ...keyAt(best.index), confidence: Math.min(1, Math.max(0, confidence)) };
}
