import { onsetRate } from './onsetStrength.ts';
import { tempoRate } from './tempogram.ts';

/** How much a beat may miss its period: the weight of log² of the ratio against one normal onset. */
const tightness = 100;

/**
 * Beat frames by dynamic programming (D. Ellis, "Beat Tracking by Dynamic Programming", JNMR 36(1), 2007),
 * with a period that follows the tempo path.
 * @param onsets normalised onset strength, `onsetRate` frames per second
 * @param path BPM, `tempoRate` values per second
 * @returns frames of the beats, ascending, with fractions by parabolic interpolation left out
 */
export function trackBeats(onsets: Float32Array, path: Float64Array): number[] {
  const frames = onsets.length;
  if (frames === 0 || path.length === 0) return [];
  const score = new Float64Array(frames);
  const back = new Int32Array(frames).fill(-1);
  const local = smooth(onsets, path);
  for (let n = 0; n < frames; n++) {
    const period = periodAt(path, n);
    const from = n - Math.round(2 * period);
    const to = n - Math.round(period / 2);
    let best = 0;
    let source = -1;
    for (let p = Math.max(0, from); p <= to; p++) {
      const miss = Math.log((n - p) / period);
      const value = score[p]! - tightness * miss * miss;
      if (source === -1 || value > best) {
        best = value;
        source = p;
      }
    }
    // Before the first beat there is nothing to keep in step with.
    if (source !== -1 && best > 0) {
      score[n] = local[n]! + best;
      back[n] = source;
    } else {
      score[n] = local[n]!;
    }
  }
  const beats: number[] = [];
  for (let n = lastBeat(score, path); n >= 0; n = back[n]!) beats.push(n);
  return beats.reverse();
}

const periodAt = (path: Float64Array, frame: number): number =>
  (60 * onsetRate) / path[Math.min(path.length - 1, Math.round((frame * tempoRate) / onsetRate))]!;

/** Onsets blurred by a thirty-second of the beat, so that near misses still count. */
function smooth(onsets: Float32Array, path: Float64Array): Float64Array {
  const out = new Float64Array(onsets.length);
  for (let n = 0; n < onsets.length; n++) {
    const sigma = periodAt(path, n) / 32;
    const reach = Math.ceil(3 * sigma);
    for (let k = -reach; k <= reach; k++) {
      const onset = onsets[n + k];
      if (onset !== undefined) out[n] = out[n]! + onset * Math.exp(-0.5 * (k / sigma) ** 2);
    }
  }
  return out;
}

/** The best score within the last period. */
function lastBeat(score: Float64Array, path: Float64Array): number {
  const from = Math.max(0, Math.floor(score.length - periodAt(path, score.length)));
  let best = from;
  for (let n = from; n < score.length; n++) if (score[n]! > score[best]!) best = n;
  return best;
}
