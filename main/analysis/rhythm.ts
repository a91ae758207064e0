import type { Tags } from '../contracts/tags.ts';
import { findDownbeats } from './downbeats.ts';
import { onsetRate } from './onsetStrength.ts';
import { tempoPath } from './tempo.ts';
import { trackAtBestOctave } from './tempoOctave.ts';
import { normaliseOnsets, tempogram } from './tempogram.ts';

export interface RhythmInput {
  /** Onset strength over all bands and below 160 Hz, `onsetRate` frames a second. */
  readonly all: Float32Array;
  readonly low: Float32Array;
  /** Per-frame chroma of pitchContent.ts. */
  readonly chroma: Float32Array;
}

export type Rhythm = Pick<Tags, 'tempo' | 'beats' | 'downbeats'>;

/** Fewer beats than this are no pulse. */
const fewestBeats = 4;
/** Beats stop this long before the first and after the last onset worth the name. */
const overhangSeconds = 1;
/** An onset worth the name: this part of the loudest (98th percentile). */
const audiblePart = 0.1;
/** Mean onset on beats against the mean of all frames, from which there is a pulse at all. */
const leastContrast = 1.3;

const nothing: Rhythm = { tempo: null, beats: [], downbeats: [] };

/** Tempo, beats and downbeats from onsets; nulls and empties where there is no pulse. */
export function findRhythm({ all, low, chroma }: RhythmInput): Rhythm {
  const onsets = normaliseOnsets(all);
  const heard = heardFrames(all);
  if (heard === null) return nothing;
  const bass = normaliseOnsets(low);
  const windows = tempogram(onsets);
  const tracked = trackAtBestOctave(tempoPath(windows), { all: onsets, low: bass, windows });
  const beats = tracked.filter((frame) => frame >= heard.from && frame <= heard.to);
  if (beats.length < fewestBeats) return nothing;
  const confidence = pulseConfidence(onsets.subarray(heard.from, heard.to + 1), onsets, beats);
  if (confidence === null) return nothing;
  const downbeats = findDownbeats({ beats, all: onsets, low: bass, chroma });
  const seconds = beats.map((frame) => refine(onsets, frame) / onsetRate);
  return {
    tempo: { bpm: tempoOf(seconds), confidence },
    beats: seconds,
    downbeats: downbeats.map((index) => seconds[index]!),
  };
}

function heardFrames(all: Float32Array): { from: number; to: number } | null {
  const sorted = all.toSorted();
  const loud = sorted[Math.floor(0.98 * sorted.length)] ?? 0;
  if (loud <= 1e-4) return null;
  const from = all.findIndex((x) => x > audiblePart * loud);
  const to = all.findLastIndex((x) => x > audiblePart * loud);
  const overhang = overhangSeconds * onsetRate;
  return { from: Math.max(0, from - overhang), to: Math.min(all.length - 1, to + overhang) };
}

/**
 * How much of the onsets falls on the beats, 0 to 1: the mean on beats against the mean everywhere, judged from
 * 1.3 (hardly anything) on.
 */
function pulseConfidence(heard: Float32Array, onsets: Float32Array, beats: readonly number[]): number | null {
  const mean = heard.reduce((sum, x) => sum + x, 0) / heard.length;
  if (mean <= 0) return null;
  const onBeat =
    beats.reduce((sum, frame) => {
      let best = 0;
      for (let n = frame - 2; n <= frame + 2; n++) best = Math.max(best, onsets[n] ?? 0);
      return sum + best;
    }, 0) / beats.length;
  const contrast = onBeat / mean;
  if (contrast < leastContrast) return null;
  return Math.min(1, 1 - Math.exp(-(contrast - leastContrast) / 2));
}

/** Peak position between frames by a parabola. */
function refine(onsets: Float32Array, frame: number): number {
  const a = onsets[frame - 1] ?? 0;
  const b = onsets[frame] ?? 0;
  const c = onsets[frame + 1] ?? 0;
  const bend = a - 2 * b + c;
  if (bend >= -1e-9) return frame;
  return Math.max(0, frame + Math.max(-0.5, Math.min(0.5, (0.5 * (a - c)) / bend)));
}

/**
 * BPM from the beats: the slope of a straight line through each run of 16 beats is robust to single late ones, the
 * median over all runs to tempo changes.
 */
function tempoOf(beats: readonly number[]): number {
  const run = Math.min(16, beats.length);
  const slopes: number[] = [];
  for (let start = 0; start + run <= beats.length; start++) {
    let covariance = 0;
    let variance = 0;
    let mean = 0;
    for (let k = 0; k < run; k++) mean += beats[start + k]! / run;
    for (let k = 0; k < run; k++) {
      const x = k - (run - 1) / 2;
      covariance += x * (beats[start + k]! - mean);
      variance += x * x;
    }
    slopes.push(covariance / variance);
  }
  slopes.sort((a, b) => a - b);
  return Math.round(6000 / slopes[slopes.length >> 1]!) / 100;
}
