import FFT from 'fft.js';
import { onsetRate } from './onsetStrength.ts';

/** Seconds of onsets that one local estimate looks at. */
const windowSeconds = 8;
/** Tempo estimates per second. */
export const tempoRate = 1;
export const slowestBpm = 40;
export const fastestBpm = 240;
const binsPerOctave = 48;

/** The tempi that are told apart, logarithmically spaced from 40 to 240 BPM. */
export const tempi: readonly number[] = Array.from(
  { length: Math.floor(binsPerOctave * Math.log2(fastestBpm / slowestBpm)) + 1 },
  (_, k) => slowestBpm * 2 ** (k / binsPerOctave),
);

const window = windowSeconds * onsetRate;
const size = 2 ** Math.ceil(Math.log2(2 * window));

/**
 * Onset strength made comparable along a piece: the local mean over a second is taken off, what is left is
 * divided by the local deviation over eight seconds. Zero where nothing happens.
 */
export function normaliseOnsets(onsets: Float32Array): Float32Array {
  const mean = movingMean(onsets, onsetRate / 2);
  const out = onsets.map((x, n) => Math.max(0, x - mean[n]!));
  const power = movingMean(
    out.map((x) => x * x),
    4 * onsetRate,
  );
  let loudest = 0;
  for (const p of power) loudest = Math.max(loudest, p);
  // Passages 30 dB below the liveliest are no rhythm, only noise to be blown up.
  const floor = loudest * 1e-3;
  return out.map((x, n) => (loudest === 0 ? 0 : x / Math.sqrt(Math.max(power[n]!, floor))));
}

/** Mean over `radius` values on either side, shorter at the ends. */
export function movingMean(values: Float32Array, radius: number): Float32Array {
  const out = new Float32Array(values.length);
  let sum = 0;
  let count = 0;
  for (let n = 0; n < Math.min(radius, values.length); n++) {
    sum += values[n]!;
    count++;
  }
  for (let n = 0; n < values.length; n++) {
    if (n + radius < values.length) {
      sum += values[n + radius]!;
      count++;
    }
    if (n - radius - 1 >= 0) {
      sum -= values[n - radius - 1]!;
      count--;
    }
    out[n] = Math.max(0, sum) / count;
  }
  return out;
}

/** Weights of 1, 2, 3, 4 periods in the comb: a beat repeats, and so do its bars. */
const combWeights = [1, 0.75, 0.5, 0.5] as const;

/**
 * Local salience of every tempo from the autocorrelation of the onsets under a comb of its multiples.
 * Shape [windows][tempi], one window a second; values are about 0 (none) to 1 (perfectly periodic).
 */
export function tempogram(onsets: Float32Array): Float32Array[] {
  const fft = new FFT(size);
  const input = new Float64Array(size);
  const spectrum = new Float64Array(2 * size);
  const power = new Float64Array(2 * size);
  const correlation = new Float64Array(2 * size);
  const hop = onsetRate / tempoRate;
  const windows: Float32Array[] = [];
  for (let centre = 0; centre < Math.max(1, onsets.length); centre += hop) {
    let mean = 0;
    for (let n = 0; n < window; n++) mean += onsets[centre - window / 2 + n] ?? 0;
    mean /= window;
    input.fill(0);
    for (let n = 0; n < window; n++) {
      const at = centre - window / 2 + n;
      if (at >= 0 && at < onsets.length) input[n] = onsets[at]! - mean;
    }
    fft.realTransform(spectrum, input);
    fft.completeSpectrum(spectrum);
    for (let k = 0; k < size; k++) {
      power[2 * k] = spectrum[2 * k]! ** 2 + spectrum[2 * k + 1]! ** 2;
      power[2 * k + 1] = 0;
    }
    fft.inverseTransform(correlation, power);
    const zero = correlation[0]!;
    const at = (lag: number) => {
      const low = Math.floor(lag);
      if (low + 1 >= window) return 0;
      const part = lag - low;
      const value = correlation[2 * low]! * (1 - part) + correlation[2 * low + 2]! * part;
      return (value / zero) * (window / (window - 0.75 * lag));
    };
    windows.push(
      Float32Array.from(tempi, (bpm) => {
        if (zero < 1e-9) return 0;
        const period = (60 * onsetRate) / bpm;
        let sum = 0;
        let weight = 0;
        combWeights.forEach((w, k) => {
          if ((k + 1) * period > window * 0.75) return;
          sum += w * at((k + 1) * period);
          weight += w;
        });
        return sum / weight;
      }),
    );
  }
  return windows;
}
