import { toDecibels, type Decibels, type Lufs } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import type { AudioReader, Planar } from '../audioStream.ts';
import { KWeightedEnergy } from './kWeighting.ts';
import { TruePeak } from './truePeak.ts';

export interface Loudness {
  /** Gated loudness of the whole programme; `null` when nothing passes the gate of -70 LUFS. */
  readonly integrated: Lufs | null;
  /** Loudness range in LU (EBU Tech 3342); `null` when nothing passes its gate, as below 3 seconds. */
  readonly range: number | null;
  /** Largest loudness over 400 ms; `null` below 400 ms and for silence. */
  readonly maxMomentary: Lufs | null;
  /** Largest loudness over 3 s; `null` below 3 s and for silence. */
  readonly maxShortTerm: Lufs | null;
  /** dBTP; `null` for digital silence. */
  readonly truePeak: Decibels | null;
}

/**
 * Weights of the channels of WAVE files (ITU-R BS.1770-5, Table 3): the sides and rears between 60 and 120
 * degrees count 1.5 dB more, LFE channels do not count. Other layouts: every channel counts alike.
 */
function channelWeights(channels: number): readonly number[] {
  const surround = 1.41;
  switch (channels) {
    case 4:
      return [1, 1, surround, surround];
    case 5:
      return [1, 1, 1, surround, surround];
    case 6:
      return [1, 1, 1, 0, surround, surround];
    case 8: // The rears of 7.1 stand behind 120 degrees.
      return [1, 1, 1, 0, 1, 1, surround, surround];
    default:
      return Array.from({ length: channels }, () => 1);
  }
}

const absoluteGate = -70;
/** Energy is collected in steps of 10 ms, so that the largest momentary loudness is found wherever it starts. */
const stepsPerSecond = 100;
const momentarySteps = 40;
const shortTermSteps = 300;
/** Gating blocks of 400 ms overlap by 75 %. */
const gatingHop = 10;
/** Short-term values for the range are taken once a second, an overlap of 2 s. */
const rangeHop = 100;

const toLufs = (power: number): Lufs => -0.691 + 10 * Math.log10(power);
const toPower = (loudness: Lufs): number => 10 ** ((loudness + 0.691) / 10);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Loudness meter after ITU-R BS.1770-5, EBU R 128, Tech 3341 and 3342, fed in blocks of any size. Mono counts
 * as one channel. Keeps ten numbers a second.
 */
export class LoudnessMeter {
  readonly #filters: KWeightedEnergy[];
  readonly #peaks: TruePeak[];
  readonly #weights: readonly number[];
  readonly #stepFrames: number;
  /** Weighted power of the last 3 s, a ring. */
  readonly #steps = new Float64Array(shortTermSteps);
  #stepEnergy = 0;
  #stepFilled = 0;
  #stepCount = 0;
  /** Powers of all 400 ms blocks above the absolute gate. */
  #blocks: number[] = [];
  /** Powers of all 3 s blocks above the absolute gate, one a second. */
  #rangeBlocks: number[] = [];
  #maxMomentary = 0;
  #maxShortTerm = 0;

  constructor(
    readonly sampleRate: number,
    readonly channels: number,
    /** The true peak takes more time than all the rest; without it `truePeak` is `null`. */
    options: { readonly truePeak?: boolean } = {},
  ) {
    this.#filters = Array.from({ length: channels }, () => new KWeightedEnergy(sampleRate));
    this.#peaks = Array.from({ length: options.truePeak === false ? 0 : channels }, () => new TruePeak());
    this.#weights = channelWeights(channels);
    this.#stepFrames = Math.max(1, Math.round(sampleRate / stepsPerSecond));
  }

  process(audio: Planar): void {
    const frames = audio[0]?.length ?? 0;
    for (const [channel, peak] of this.#peaks.entries()) peak.process(audio[channel]!);
    for (let done = 0; done < frames;) {
      const end = Math.min(frames, done + this.#stepFrames - this.#stepFilled);
      for (const [channel, plane] of audio.entries()) {
        const weight = this.#weights[channel]!;
        if (weight > 0) this.#stepEnergy += weight * this.#filters[channel]!.sum(plane, done, end);
      }
      this.#stepFilled += end - done;
      done = end;
      if (this.#stepFilled === this.#stepFrames) this.#endStep();
    }
  }

  state(archive: Archive): void {
    for (const stage of [...this.#filters, ...this.#peaks]) stage.state(archive);
    archive.inPlace(this.#steps);
    this.#stepEnergy = archive.pass(this.#stepEnergy);
    this.#stepFilled = archive.pass(this.#stepFilled);
    this.#stepCount = archive.pass(this.#stepCount);
    this.#blocks = archive.pass(this.#blocks);
    this.#rangeBlocks = archive.pass(this.#rangeBlocks);
    this.#maxMomentary = archive.pass(this.#maxMomentary);
    this.#maxShortTerm = archive.pass(this.#maxShortTerm);
  }

  #endStep(): void {
    this.#steps[this.#stepCount % shortTermSteps] = this.#stepEnergy / this.#stepFrames;
    this.#stepEnergy = 0;
    this.#stepFilled = 0;
    this.#stepCount++;
    if (this.#stepCount >= momentarySteps) {
      const power = this.#power(momentarySteps);
      this.#maxMomentary = Math.max(this.#maxMomentary, power);
      const isBlock = this.#stepCount % gatingHop === 0;
      if (isBlock && toLufs(power) >= absoluteGate) this.#blocks.push(power);
    }
    if (this.#stepCount >= shortTermSteps && this.#stepCount % gatingHop === 0) {
      const power = this.#power(shortTermSteps);
      this.#maxShortTerm = Math.max(this.#maxShortTerm, power);
      if (this.#stepCount % rangeHop === 0 && toLufs(power) >= absoluteGate) this.#rangeBlocks.push(power);
    }
  }

  /** Mean power of the last `steps` steps. */
  #power(steps: number): number {
    let sum = 0;
    for (let step = this.#stepCount - steps; step < this.#stepCount; step++) {
      sum += this.#steps[step % shortTermSteps]!;
    }
    return sum / steps;
  }

  /** Loudness of the last 400 ms that are complete; `null` before the first. */
  get momentary(): Lufs | null {
    return this.#stepCount < momentarySteps ? null : finite(toLufs(this.#power(momentarySteps)));
  }

  /** Loudness of the last 3 s that are complete; `null` before the first. */
  get shortTerm(): Lufs | null {
    return this.#stepCount < shortTermSteps ? null : finite(toLufs(this.#power(shortTermSteps)));
  }

  /** What was measured so far. */
  result(): Loudness {
    return {
      integrated: this.#integrated(),
      range: this.#range(),
      maxMomentary: finite(toLufs(this.#maxMomentary)),
      maxShortTerm: finite(toLufs(this.#maxShortTerm)),
      truePeak: finite(toDecibels(Math.max(0, ...this.#peaks.map((peak) => peak.value)))),
    };
  }

  #integrated(): Lufs | null {
    if (this.#blocks.length === 0) return null;
    const gate = mean(this.#blocks) / 10; // 10 LU below
    return toLufs(mean(this.#blocks.filter((power) => power >= gate)));
  }

  #range(): number | null {
    if (this.#rangeBlocks.length === 0) return null;
    const gate = toPower(toLufs(mean(this.#rangeBlocks)) - 20);
    const sorted = this.#rangeBlocks.filter((power) => power >= gate).sort((a, b) => a - b);
    const percentile = (part: number) => toLufs(sorted[Math.round((sorted.length - 1) * part)]!);
    return percentile(0.95) - percentile(0.1);
  }
}

/** Loudness of a whole file, streaming. */
export async function measureLoudness(reader: AudioReader, signal?: AbortSignal): Promise<Loudness> {
  const meter = new LoudnessMeter(reader.sampleRate, reader.channels);
  const blockFrames = 1 << 16;
  for (let done = 0; done < reader.frames; done += blockFrames) {
    signal?.throwIfAborted();
    meter.process(await reader.read(done, blockFrames));
  }
  return meter.result();
}
