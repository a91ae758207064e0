import { onsetRate } from './onsetStrength.ts';
import { frameBins, pitchRate } from './pitchContent.ts';

/** What tells a downbeat, as weights of z-scores over all beats. */
export interface DownbeatWeights {
  readonly harmony: number;
  readonly low: number;
  readonly all: number;
}
export const downbeatWeights: DownbeatWeights = { harmony: 1, low: 0.5, all: 0.25 };

/** Log-odds that a bar has three beats rather than four, before listening. */
const threePrior = -6;
/** Log cost of a bar that is a beat short or long. */
const slipCost = 8;

export interface BeatEvidence {
  /** Frames of the beats, `onsetRate` a second. */
  readonly beats: readonly number[];
  readonly all: Float32Array;
  readonly low: Float32Array;
  /** Shape [frames][36] at `pitchRate`. */
  readonly chroma: Float32Array;
}

/** Indices into `beats` of those that start a bar; bars of three or four beats, one metre for the piece. */
export function findDownbeats(evidence: BeatEvidence, weights = downbeatWeights): number[] {
  const { beats } = evidence;
  if (beats.length < 8) return [];
  const accents = accentsOf(evidence, weights);
  const three = barPath(accents, 3);
  const four = barPath(accents, 4);
  return (three.score + threePrior > four.score ? three : four).downbeats;
}

/** One number a beat: how much it sounds like the first of a bar. */
function accentsOf({ beats, all, low, chroma }: BeatEvidence, weights: DownbeatWeights): Float64Array {
  const peak = (curve: Float32Array, frame: number) => {
    let best = 0;
    for (let n = frame - 4; n <= frame + 4; n++) best = Math.max(best, curve[n] ?? 0);
    return best;
  };
  const onsets = zScores(beats.map((frame) => Math.log(0.02 + peak(all, frame))));
  const bass = zScores(beats.map((frame) => Math.log(0.02 + peak(low, frame))));
  const spans = beats.map((frame, k) => meanChroma(chroma, frame, beats[k + 1] ?? frame + onsetRate / 2));
  const changes = zScores(
    spans.map((now, k) => {
      const before = spans[k - 1];
      // Two beats on either side: what rings over from the last chord is outweighed.
      return before === undefined ? 0 : 1 - cosine(sum(spans[k - 2], before), sum(now, spans[k + 1]));
    }),
  );
  return Float64Array.from(
    beats,
    (_, k) => weights.harmony * changes[k]! + weights.low * bass[k]! + weights.all * onsets[k]!,
  );
}

function meanChroma(chroma: Float32Array, fromFrame: number, toFrame: number): Float64Array {
  const out = new Float64Array(frameBins);
  const from = Math.round((fromFrame * pitchRate) / onsetRate);
  const to = Math.max(from + 1, Math.round((toFrame * pitchRate) / onsetRate));
  for (let frame = from; frame < to; frame++) {
    for (let bin = 0; bin < frameBins; bin++) out[bin] = out[bin]! + (chroma[frame * frameBins + bin] ?? 0);
  }
  return out;
}

const sum = (a: Float64Array | undefined, b: Float64Array | undefined): Float64Array =>
  Float64Array.from({ length: frameBins }, (_, k) => (a?.[k] ?? 0) + (b?.[k] ?? 0));

function cosine(a: Float64Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let k = 0; k < a.length; k++) {
    ab += a[k]! * b[k]!;
    aa += a[k]! * a[k]!;
    bb += b[k]! * b[k]!;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

function zScores(values: readonly number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  // Single freak beats must not decide: scores stop at 3.
  return values.map((x) => (deviation < 1e-9 ? 0 : Math.max(-3, Math.min(3, (x - mean) / deviation))));
}

/** The best path through bar positions: each beat is one further, with rare slips of one beat (Viterbi). */
function barPath(accents: Float64Array, metre: 3 | 4): { score: number; downbeats: number[] } {
  let score = new Float64Array(metre);
  const back: Int8Array[] = [];
  const gain = (accent: number, position: number) =>
    position === 0 ? accent * (1 - 1 / metre) : -accent / metre;
  accents.forEach((accent, k) => {
    const next = new Float64Array(metre);
    const from = new Int8Array(metre);
    let best = 0;
    for (let p = 1; p < metre; p++) if (score[p]! > score[best]!) best = p;
    for (let p = 0; p < metre; p++) {
      const regular = (p + metre - 1) % metre;
      const slip = k > 0 && score[best]! - slipCost > score[regular]!;
      const source = slip ? best : regular;
      from[p] = source;
      next[p] = score[source]! - (slip ? slipCost : 0) + gain(accent, p);
    }
    score = next;
    back.push(from);
  });
  let position = 0;
  for (let p = 1; p < metre; p++) if (score[p]! > score[position]!) position = p;
  const total = score[position]!;
  const downbeats: number[] = [];
  for (let k = accents.length - 1; k >= 0; k--) {
    if (position === 0) downbeats.push(k);
    position = back[k]![position]!;
  }
  return { score: total, downbeats: downbeats.reverse() };
}
