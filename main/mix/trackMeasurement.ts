import type { Decibels, Hertz, Lufs, Seconds } from '../contracts/units.ts';
import { OnsetStrength, onsetRate } from '../analysis/onsetStrength.ts';
import { LoudnessMeter } from '../audio/loudness/loudnessMeter.ts';
import { SpectrumFrames } from '../analysis/spectrumFrames.ts';
import { GrowingArray } from '../analysis/growingArray.ts';
import type { Archive } from '../platform/checkpoint.ts';
import { BandSum, bandCentres, bandCount, kWeight } from './bands.ts';

/** Length of the blocks in which activity and masking are judged. */
export const blockSeconds: Seconds = 0.5;
const spectraPerBlock = 10;
const windowSeconds = 0.093;
/** A block is active within this of the track's loudest part (its 95th percentile) ... */
const activeRangeDb = 26;
/** ... and not under this, K-weighted dBFS. */
const activeFloorDb = -70;

export interface TrackMeasurement {
  readonly sampleRate: Hertz;
  readonly channels: number;
  readonly frames: number;
  /** Gated loudness of what is played, not of the pauses; `null` for silence. */
  readonly integratedLufs: Lufs | null;
  readonly rangeLu: number | null;
  readonly truePeakDb: Decibels | null;
  /** Power in third-octave bands in each block of half a second, both sides added; shape [blocks][bands]. */
  readonly blocks: Float32Array;
  /** Blocks in which something is played. */
  readonly active: Uint8Array;
  /** Part of the time in which something is played, 0 to 1. */
  readonly activePart: number;
  /** Mean power in the bands over the active blocks. */
  readonly spectrum: Float64Array;
  /** Median over active blocks of peak over RMS. */
  readonly crestDb: Decibels;
  /** Percentiles (10, 50, 95) over active blocks of the block peak in dBFS. */
  readonly peakPercentiles: readonly [Decibels, Decibels, Decibels];
  /** Distinct attacks a second while active. */
  readonly attacksPerSecond: number;
  /** Power of (L - R) against (L + R) in dB; -Infinity for mono. */
  readonly widthDb: Decibels;
  /** Power of the right against the left side in dB; positive leans right. */
  readonly balanceDb: Decibels;
  /** 0 noise-like to 1 tonal: one minus the spectral flatness from 150 Hz to 5 kHz, power-weighted mean. */
  readonly tonality: number;
  /** Where the track's content begins: below it lies a three-hundredth of the power. */
  readonly lowestHz: Hertz;
  /** Centre of gravity of the K-weighted spectrum on a logarithmic frequency axis. */
  readonly centroidHz: Hertz;
}

/** Measures one track as it streams by; stereo (mono on both sides), any rate. */
export class TrackMeter {
  private readonly loudness: LoudnessMeter;
  private readonly onsets: OnsetStrength;
  private readonly spectra: readonly [SpectrumFrames, SpectrumFrames];
  private readonly bands: BandSum;
  private readonly blocks: GrowingArray;
  private readonly peaks: GrowingArray;
  private sides = { left: 0, right: 0, mid: 0, side: 0 };
  private flatnessSum = 0;
  private flatnessWeight = 0;
  private frames = 0;
  private identical = true;
  private blockPeak = 0;
  private readonly perBlock: number;
  private inBlock = 0;

  constructor(
    private readonly sampleRate: Hertz,
    private readonly channels: number,
    expectedFrames: number,
  ) {
    const expectedBlocks = Math.ceil(expectedFrames / sampleRate / blockSeconds) + 1;
    this.loudness = new LoudnessMeter(sampleRate, 2);
    this.onsets = new OnsetStrength(sampleRate, Math.ceil((expectedFrames / sampleRate) * onsetRate) + 1);
    this.blocks = new GrowingArray(bandCount, expectedBlocks);
    this.peaks = new GrowingArray(1, expectedBlocks);
    this.perBlock = blockSeconds * sampleRate;
    const side = () =>
      new SpectrumFrames({
        sampleRate,
        framesPerSecond: spectraPerBlock / blockSeconds,
        windowSeconds,
        onFrame: (magnitude, frame) => this.spectrum(magnitude, frame),
      });
    this.spectra = [side(), side()];
    this.bands = new BandSum(this.spectra[0].binHz, this.spectra[0].size / 2 + 1);
  }

  push(left: Float64Array, right: Float64Array): void {
    const mono = new Float64Array(left.length);
    const { sides } = this;
    for (let n = 0; n < left.length; n++) {
      const l = left[n]!;
      const r = right[n]!;
      mono[n] = (l + r) / 2;
      if (l !== r) this.identical = false;
      sides.left += l * l;
      sides.right += r * r;
      sides.mid += (l + r) ** 2;
      sides.side += (l - r) ** 2;
      this.blockPeak = Math.max(this.blockPeak, Math.abs(l), Math.abs(r));
      if (++this.inBlock >= this.perBlock) {
        this.peaks.push(this.blockPeak);
        this.blockPeak = 0;
        this.inBlock -= this.perBlock;
      }
    }
    this.frames += left.length;
    this.loudness.process([Float32Array.from(left), Float32Array.from(right)]);
    this.onsets.push(mono);
    this.spectra[0].push(left);
    this.spectra[1].push(right);
  }

  state(archive: Archive): void {
    for (const stage of [this.loudness, this.onsets, ...this.spectra, this.blocks, this.peaks]) {
      stage.state(archive);
    }
    this.sides = archive.pass(this.sides);
    this.flatnessSum = archive.pass(this.flatnessSum);
    this.flatnessWeight = archive.pass(this.flatnessWeight);
    this.frames = archive.pass(this.frames);
    this.identical = archive.pass(this.identical);
    this.blockPeak = archive.pass(this.blockPeak);
    this.inBlock = archive.pass(this.inBlock);
  }

  private spectrum(magnitude: Float64Array, frame: number): void {
    const block = Math.floor(frame / spectraPerBlock);
    while (this.blocks.frames <= block) this.blocks.next();
    const into = this.blocks.values.subarray(block * bandCount, (block + 1) * bandCount);
    const power = new Float64Array(bandCount);
    this.bands.add(magnitude, power);
    for (let b = 0; b < bandCount; b++) into[b] = into[b]! + power[b]! / spectraPerBlock;
    this.flatness(magnitude);
  }

  private flatness(magnitude: Float64Array): void {
    const { binHz } = this.spectra[0];
    const from = Math.ceil(150 / binHz);
    const to = Math.min(magnitude.length, Math.floor(5000 / binHz));
    let logs = 0;
    let sum = 0;
    for (let k = from; k < to; k++) {
      const power = magnitude[k]! ** 2 + 1e-14;
      logs += Math.log(power);
      sum += power;
    }
    const count = to - from;
    if (count < 8 || sum / count < 1e-11) return;
    const weight = Math.sqrt(sum);
    this.flatnessSum += weight * (Math.exp(logs / count) / (sum / count));
    this.flatnessWeight += weight;
  }

  finish(): TrackMeasurement {
    for (const spectra of this.spectra) spectra.finish();
    this.onsets.finish();
    if (this.inBlock >= 1) this.peaks.push(this.blockPeak);
    const { integrated, range, truePeak } = this.loudness.result();
    const count = Math.min(this.blocks.frames, this.peaks.frames);
    const blocks = this.blocks.values.slice(0, count * bandCount);
    const active = activeBlocks(blocks);
    const playing = active.reduce((sum, on) => sum + on, 0);
    const spectrum = meanSpectrum(blocks, active);
    const peaks = [...this.peaks.values.subarray(0, count)];
    const peaksDb = peaks.filter((_, k) => active[k] === 1).map((x) => 20 * Math.log10(Math.max(x, 1e-6)));
    const crests = peaks.flatMap((peak, k) => {
      if (active[k] !== 1) return [];
      let power = 0;
      for (let b = 0; b < bandCount; b++) power += blocks[k * bandCount + b]!;
      return [20 * Math.log10(Math.max(peak, 1e-6)) - 10 * Math.log10(power / spectrumGain + 1e-12)];
    });
    const { left, right, mid, side } = this.sides;
    return {
      sampleRate: this.sampleRate,
      channels: this.channels,
      frames: this.frames,
      integratedLufs: integrated,
      rangeLu: range,
      truePeakDb: truePeak,
      blocks,
      active,
      activePart: count === 0 ? 0 : playing / count,
      spectrum,
      crestDb: percentile(crests, 0.5) ?? 0,
      peakPercentiles: [
        percentile(peaksDb, 0.1) ?? -120,
        percentile(peaksDb, 0.5) ?? -120,
        percentile(peaksDb, 0.95) ?? -120,
      ],
      attacksPerSecond: attackRate(this.onsets.all.values, active),
      widthDb: this.identical || mid + side === 0 ? -Infinity : 10 * Math.log10(side / (mid + 1e-20)),
      balanceDb: left + right === 0 ? 0 : 10 * Math.log10((right + 1e-12) / (left + 1e-12)),
      tonality: this.flatnessWeight === 0 ? 0 : 1 - this.flatnessSum / this.flatnessWeight,
      lowestHz: lowestContent(spectrum),
      centroidHz: centroid(spectrum),
    };
  }
}

/** Sum of both sides' squared Hann spectra for signals of mean power 1 (sum over bins of 4/N-scaled magnitudes: 3/2 each, two sides). */
const spectrumGain = 3;

function activeBlocks(blocks: Float32Array): Uint8Array {
  const weights = bandCentres.map((hz) => kWeight(hz));
  const levels = Array.from({ length: blocks.length / bandCount }, (_, k) => {
    let power = 0;
    for (let b = 0; b < bandCount; b++) power += weights[b]! * blocks[k * bandCount + b]!;
    return 10 * Math.log10(power + 1e-20);
  });
  const loud = percentile(
    levels.filter((level) => level > activeFloorDb),
    0.95,
  );
  return Uint8Array.from(levels, (level) =>
    loud !== null && level > Math.max(activeFloorDb, loud - activeRangeDb) ? 1 : 0,
  );
}

function meanSpectrum(blocks: Float32Array, active: Uint8Array): Float64Array {
  const out = new Float64Array(bandCount);
  let count = 0;
  active.forEach((on, k) => {
    if (on === 0) return;
    count++;
    for (let b = 0; b < bandCount; b++) out[b] = out[b]! + blocks[k * bandCount + b]!;
  });
  return count === 0 ? out : out.map((power) => power / count);
}

/** The value below which `part` of the values lie; `null` of none. */
export function percentile(values: readonly number[], part: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

/** Attacks: peaks of the onset strength over a fifth of its 98th percentile, at least 50 ms apart, while active. */
function attackRate(onsets: Float32Array, active: Uint8Array): number {
  const perBlock = onsetRate * blockSeconds;
  const heard = [...onsets].filter((_, n) => active[Math.floor(n / perBlock)] === 1);
  if (heard.length === 0) return 0;
  const threshold = Math.max(0.02, 0.2 * (percentile(heard, 0.98) ?? 0));
  let count = 0;
  let last = -Infinity;
  for (let n = 1; n + 1 < heard.length; n++) {
    const x = heard[n]!;
    if (x > threshold && x >= heard[n - 1]! && x > heard[n + 1]! && n - last >= onsetRate / 20) {
      count++;
      last = n;
    }
  }
  return (count * onsetRate) / heard.length;
}

function lowestContent(spectrum: Float64Array): Hertz {
  const total = spectrum.reduce((sum, power) => sum + power, 0);
  let sum = 0;
  for (let b = 0; b < bandCount; b++) {
    sum += spectrum[b]!;
    if (sum > total / 300) return bandCentres[b]!;
  }
  return bandCentres[bandCount - 1]!;
}

function centroid(spectrum: Float64Array): Hertz {
  let sum = 0;
  let weight = 0;
  spectrum.forEach((power, b) => {
    const w = power * kWeight(bandCentres[b]!);
    sum += w * Math.log(bandCentres[b]!);
    weight += w;
  });
  return weight === 0 ? 0 : Math.exp(sum / weight);
}
