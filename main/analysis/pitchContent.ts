import type { Hertz } from '../contracts/units.ts';
import type { Archive } from '../platform/checkpoint.ts';
import { BandLevels } from './bandLevels.ts';
import { GrowingArray } from './growingArray.ts';
import { SpectrumFrames } from './spectrumFrames.ts';

export const pitchRate = 10;
const windowSeconds = 0.37;
/** Cents per bin of the fine histograms: tuning is read from them. */
export const fineBins = 120;
/** Per-frame chroma for harmony changes: three bins a semitone. */
export const frameBins = 36;
const lowestHz = 55;
const highestHz = 3500;
/** Below this the bass, above it the harmony: both vote for a key, differently. */
const bassHz = 220;
/** Peaks further than this below the strongest of their frame (46 dB) are not heard. */
const relativeFloor = 0.005;
const absoluteFloor = 1e-5;

/**
 * Where the energy of a stream lies on the pitch circle, from interpolated spectral peaks (harmonic pitch
 * class profile: E. Gómez, "Tonal Description of Polyphonic Audio", 2006). Bin 0 of every circle is C.
 */
export class PitchContent {
  /** Fine histograms over the whole stream; 10 cents a bin, each frame weighs the same. */
  readonly bass = new Float64Array(fineBins);
  readonly harmony = new Float64Array(fineBins);
  /** Per-frame chroma, shape [frames][36], sum 1 or silent. */
  readonly chroma: GrowingArray;
  /** Of the same frames. */
  readonly bands: BandLevels;
  private readonly frames: SpectrumFrames;
  private readonly fine = new Float64Array(fineBins);
  private readonly fineBass = new Float64Array(fineBins);

  constructor(sampleRate: Hertz, expectedFrames: number) {
    this.frames = new SpectrumFrames({
      sampleRate,
      framesPerSecond: pitchRate,
      windowSeconds,
      onFrame: (magnitude) => this.frame(magnitude),
    });
    this.chroma = new GrowingArray(frameBins, expectedFrames);
    this.bands = new BandLevels(this.frames.binHz, expectedFrames);
  }

  push(mono: Float64Array): void {
    this.frames.push(mono);
  }

  finish(): void {
    this.frames.finish();
  }

  state(archive: Archive): void {
    archive.inPlace(this.bass, this.harmony);
    for (const stage of [this.chroma, this.bands, this.frames]) stage.state(archive);
  }

  private frame(magnitude: Float64Array): void {
    const { binHz } = this.frames;
    const chroma = this.chroma.next();
    this.bands.frame(magnitude);
    const first = Math.max(2, Math.ceil(lowestHz / binHz));
    const last = Math.min(magnitude.length - 2, Math.floor(highestHz / binHz));
    let strongest = 0;
    for (let k = first; k <= last; k++) strongest = Math.max(strongest, magnitude[k]!);
    if (strongest < absoluteFloor) return;
    this.fine.fill(0);
    this.fineBass.fill(0);
    const floor = Math.max(absoluteFloor, strongest * relativeFloor);
    for (let k = first; k <= last; k++) {
      const m = magnitude[k]!;
      if (m < floor || m <= magnitude[k - 1]! || m < magnitude[k + 1]!) continue;
      const a = Math.log(magnitude[k - 1]! + 1e-12);
      const b = Math.log(m);
      const c = Math.log(magnitude[k + 1]! + 1e-12);
      const hz = (k + (0.5 * (a - c)) / (a - 2 * b + c)) * binHz;
      // MIDI pitch 0 is a C.
      const pitch = 69 + 12 * Math.log2(hz / 440);
      const circle = (((pitch % 12) + 12) % 12) / 12;
      const weight = Math.sqrt(m);
      const target = hz < bassHz ? this.fineBass : this.fine;
      target[Math.round(circle * fineBins) % fineBins]! += weight;
      chroma[Math.round(circle * frameBins) % frameBins]! += weight;
    }
    accumulate(this.fine, this.harmony);
    accumulate(this.fineBass, this.bass);
    let sum = 0;
    for (const value of chroma) sum += value;
    if (sum > 0) for (let i = 0; i < frameBins; i++) chroma[i] = chroma[i]! / sum;
  }
}

function accumulate(frame: Float64Array, into: Float64Array): void {
  let sum = 0;
  for (const value of frame) sum += value;
  if (sum === 0) return;
  for (let i = 0; i < frame.length; i++) into[i] = into[i]! + frame[i]! / sum;
}
