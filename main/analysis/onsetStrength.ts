import type { Hertz } from '../contracts/units.ts';
import type { Archive } from '../platform/checkpoint.ts';
import { GrowingArray } from './growingArray.ts';
import { SpectrumFrames } from './spectrumFrames.ts';

/** Onset frames per second: 10 ms, finer than any ear asks of a beat. */
export const onsetRate = 100;
const windowSeconds = 0.046;
const bandsPerOctave = 12;
const lowestHz = 30;
const highestHz = 16000;
/** Flux is taken against the spectrum this many frames (20 ms) ago: the attack time of most instruments. */
const lag = 2;
/** Compression: log10(1 + 1000 m) leaves what lies below -60 dBFS out. */
const compression = 1000;
/** Onsets below this are bass drum and bass: they tell bars from beats. */
const lowHz = 160;

interface Band {
  readonly from: number;
  readonly weights: Float64Array;
  readonly centreHz: number;
}

/** Triangles on a logarithmic frequency scale, each at least one bin wide, none twice. */
function bandsOf(binHz: Hertz, bins: number): Band[] {
  const bands: Band[] = [];
  const top = Math.min(highestHz, (bins - 1) * binHz);
  const step = 2 ** (1 / bandsPerOctave);
  let last = 0;
  for (let hz = lowestHz; hz * step <= top; hz *= step) {
    const centre = Math.round(hz / binHz);
    if (centre <= last) continue;
    last = centre;
    const from = Math.min(centre, Math.floor(hz / step / binHz) + 1);
    const to = Math.max(centre, Math.ceil((hz * step) / binHz) - 1);
    const weights = Float64Array.from({ length: to - from + 1 }, (_, k) => {
      const bin = from + k;
      if (bin === centre) return 1;
      const distance = Math.abs(Math.log2((bin * binHz) / hz)) * bandsPerOctave;
      return Math.max(0, 1 - distance);
    });
    bands.push({ from, weights, centreHz: centre * binHz });
  }
  return bands;
}

/**
 * Onset strength by spectral flux on a logarithmic filter bank with a maximum filter against vibrato
 * (SuperFlux: S. Böck, G. Widmer, "Maximum Filter Vibrato Suppression for Onset Detection", DAFx 2013).
 */
export class OnsetStrength {
  /** Mean flux over all bands, `onsetRate` frames per second. */
  readonly all: GrowingArray;
  /** The same below 160 Hz. */
  readonly low: GrowingArray;
  private readonly frames: SpectrumFrames;
  private readonly bands: Band[];
  private readonly lowBands: number;
  /** Compressed band levels of the last frames, a ring of `lag` + 1. */
  private readonly history: Float64Array[];

  constructor(sampleRate: Hertz, expectedFrames: number) {
    this.frames = new SpectrumFrames({
      sampleRate,
      framesPerSecond: onsetRate,
      windowSeconds,
      onFrame: (magnitude, frame) => this.frame(magnitude, frame),
    });
    this.bands = bandsOf(this.frames.binHz, this.frames.size / 2 + 1);
    this.lowBands = this.bands.filter(({ centreHz }) => centreHz < lowHz).length;
    this.history = Array.from({ length: lag + 1 }, () => new Float64Array(this.bands.length));
    this.all = new GrowingArray(1, expectedFrames);
    this.low = new GrowingArray(1, expectedFrames);
  }

  push(mono: Float64Array): void {
    this.frames.push(mono);
  }

  finish(): void {
    this.frames.finish();
  }

  state(archive: Archive): void {
    for (const stage of [this.all, this.low, this.frames]) stage.state(archive);
    archive.inPlace(...this.history);
  }

  private frame(magnitude: Float64Array, frame: number): void {
    const { bands, history } = this;
    const now = history[frame % (lag + 1)]!;
    const before = history[(frame + 1) % (lag + 1)]!;
    bands.forEach(({ from, weights }, b) => {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * magnitude[from + k]!;
      now[b] = Math.log10(1 + compression * sum);
    });
    let flux = 0;
    let low = 0;
    if (frame >= lag) {
      for (let b = 0; b < bands.length; b++) {
        const reference = Math.max(before[b]!, before[b - 1] ?? 0, before[b + 1] ?? 0);
        const rise = now[b]! - reference;
        if (rise <= 0) continue;
        flux += rise;
        if (b < this.lowBands) low += rise;
      }
    }
    this.all.push(bands.length === 0 ? 0 : flux / bands.length);
    this.low.push(this.lowBands === 0 ? 0 : low / this.lowBands);
  }
}
