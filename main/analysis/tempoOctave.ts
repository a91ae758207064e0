import { trackBeats } from './beatTracker.ts';
import { slowestBpm, tempi } from './tempogram.ts';
import { onsetRate } from './onsetStrength.ts';

/**
 * Autocorrelation cannot tell a beat from half of it: slow songs full of quavers come out doubled. So the beats are
 * tracked at the found tempo and at half of it, and the one that sounds more like a beat is kept. What that means was
 * fitted (conditional logistic regression, L2) on the tuning half of rendered POP909 songs and Groove MIDI drums and the
 * four EIR songs; test/bench/tags.ts measures the other half.
 */
const weights = {
  /** log2(bpm / 110) and its square: where people tap. */
  octave: 1.57,
  octaveSquared: -2.69,
  /** Onsets halfway, and at thirds, between beats over those on beats: a beat is divided. */
  halves: 4.03,
  thirds: 5.09,
  /** Mean onset on the beats, over all bands and in the bass. */
  onBeat: 1.56,
  bassOnBeat: 0.99,
  /** Tempogram at the double and the half of the candidate. */
  doubleSalience: 4.45,
  halfSalience: 3.33,
  /** For leaving the tempo that was found first. */
  halved: -1.89,
} as const;

const preferredBpm = 110;

interface Evidence {
  /** Normalised onset strengths. */
  readonly all: Float32Array;
  readonly low: Float32Array;
  readonly windows: readonly Float32Array[];
}

/** Frames of the beats along the tempo path or along half of it, whichever fits better. */
export function trackAtBestOctave(path: Float64Array, evidence: Evidence): number[] {
  const found = trackBeats(evidence.all, path);
  if (found.length < 16 || path.some((bpm) => bpm / 2 < slowestBpm)) return found;
  const halved = trackBeats(
    evidence.all,
    path.map((bpm) => bpm / 2),
  );
  if (halved.length < 8) return found;
  return score(halved, evidence) + weights.halved > score(found, evidence) ? halved : found;
}

function score(beats: readonly number[], { all, low, windows }: Evidence): number {
  const spacing = beats
    .slice(1)
    .map((frame, k) => frame - beats[k]!)
    .toSorted((a, b) => a - b);
  const bpm = (60 * onsetRate) / spacing[spacing.length >> 1]!;
  const octave = Math.log2(bpm / preferredBpm);
  const onBeat = mean(beats.map((frame) => peak(all, frame)));
  const between = (parts: readonly number[]) =>
    mean(
      beats.slice(1).map((frame, k) => {
        const last = beats[k]!;
        return Math.max(...parts.map((part) => peak(all, Math.round(last + (frame - last) * part))));
      }),
    );
  return (
    weights.octave * octave +
    weights.octaveSquared * octave * octave +
    (weights.halves * between([1 / 2])) / onBeat +
    (weights.thirds * between([1 / 3, 2 / 3])) / onBeat +
    weights.onBeat * onBeat +
    weights.bassOnBeat * mean(beats.map((frame) => peak(low, frame))) +
    weights.doubleSalience * salience(windows, bpm * 2) +
    weights.halfSalience * salience(windows, bpm / 2)
  );
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

/** The largest onset within 40 ms. */
function peak(curve: Float32Array, frame: number): number {
  let best = 0;
  for (let n = frame - 4; n <= frame + 4; n++) best = Math.max(best, curve[n] ?? 0);
  return best;
}

/** Mean of the tempogram at a tempo; 0 outside of its range. */
function salience(windows: readonly Float32Array[], bpm: number): number {
  const bin = Math.round(Math.log2(bpm / tempi[0]!) / Math.log2(tempi[1]! / tempi[0]!));
  if (bin < 0 || bin >= tempi.length) return 0;
  return mean(windows.map((window) => window[bin]!));
}
