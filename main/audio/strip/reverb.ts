import type { MixPlan } from '../../contracts/mixPlan.ts';
import type { Hertz } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import { BiquadState, silence } from './biquad.ts';
import { designHighPass } from './filterDesign.ts';
import { controlStep } from './ramp.ts';

/**
 * The shared reverb of the sends: a feedback delay network of eight lines (J.-M. Jot, A. Chaigne, "Digital
 * delay networks for designing artificial reverberators", AES 1991) behind a pre-delay, a high-pass and two
 * allpass diffusers a side. Wet only, stereo, deterministic, no modulation. Formulas in STRIP.md section 8.
 */

/** Line lengths in milliseconds: 30 to 85 ms spread logarithmically, no small ratios between them. */
const lineMs = [29.7, 34.3, 39.9, 46.1, 53.3, 61.7, 71.9, 83.1] as const;
/** Allpass diffusers in milliseconds, left and right a little apart. */
const diffuserMs = [
  [4.77, 12.73],
  [5.09, 11.93],
] as const;
const diffusion = 0.6;
/** Bass in a reverb is mud: the bus is cut below this. */
const inputHighPassHz = 150;
/** At this frequency the decay time is `highDecayPart` of the one asked for, as air and soft walls would. */
const dampingHz = 5000;
const highDecayPart = 0.5;
/** A plan may ask for anything positive; outside of these the network is no room any more. */
const shortestDecay = 0.05;
const longestDecay = 30;
const longestPreDelayMs = 500;
/** Output signs: the two sides take the lines by orthogonal patterns, so the tail is wide. */
const leftSigns = [1, -1, 1, -1, 1, -1, 1, -1] as const;
const rightSigns = [1, 1, -1, -1, 1, 1, -1, -1] as const;

/** The smallest prime at or above `n`: prime lengths share no echoes. */
function primeFrom(n: number): number {
  for (let candidate = Math.max(2, n); ; candidate++) {
    let prime = true;
    for (let d = 2; d * d <= candidate; d++) {
      if (candidate % d === 0) {
        prime = false;
        break;
      }
    }
    if (prime) return candidate;
  }
}

const length = (ms: number, sampleRate: Hertz): number => primeFrom(Math.round((ms * sampleRate) / 1000));

/** Gain and damping pole of a line of `delay` samples. */
export function lineFilter(
  delay: number,
  decaySeconds: number,
  sampleRate: Hertz,
): { gain: number; pole: number } {
  const gain = 10 ** ((-3 * delay) / (sampleRate * decaySeconds));
  const high = 10 ** ((-3 * delay) / (sampleRate * decaySeconds * highDecayPart));
  // (1-p)/(1-p z^-1) has magnitude `ratio` at `dampingHz`: a quadratic in p, its root inside the unit circle.
  const ratio = (high / gain) ** 2;
  const omega = (2 * Math.PI * Math.min(dampingHz, 0.45 * sampleRate)) / sampleRate;
  const a = 1 - ratio;
  const b = 1 - ratio * Math.cos(omega);
  return { gain, pole: (b - Math.sqrt(b * b - a * a)) / a };
}

class Delay {
  private readonly line: Float64Array;
  private at = 0;

  constructor(readonly delay: number) {
    this.line = new Float64Array(Math.max(1, delay));
  }

  /** The sample that went in `delay` samples ago. */
  get out(): number {
    return this.line[this.at]!;
  }

  state(archive: Archive): void {
    archive.inPlace(this.line);
    this.at = archive.pass(this.at);
  }

  push(value: number): void {
    this.line[this.at] = Math.abs(value) < silence ? 0 : value;
    if (++this.at === this.line.length) this.at = 0;
  }
}

export class Reverb {
  private readonly preDelay: readonly [Delay, Delay] | null;
  private readonly diffusers: readonly (readonly Delay[])[];
  private readonly lines: Delay[];
  private readonly filters: { gain: number; pole: number }[];
  private readonly damped = new Float64Array(lineMs.length);
  private readonly highPass = new BiquadState();
  private readonly highPassCoefficients;
  private readonly level: number;
  private position = 0;

  constructor({ decaySeconds, preDelayMs }: MixPlan['reverb'], sampleRate: Hertz) {
    const decay = Math.min(Math.max(decaySeconds, shortestDecay), longestDecay);
    const preDelay = Math.round((Math.min(preDelayMs, longestPreDelayMs) * sampleRate) / 1000);
    this.preDelay = preDelay === 0 ? null : [new Delay(preDelay), new Delay(preDelay)];
    this.diffusers = diffuserMs.map((side) => side.map((ms) => new Delay(length(ms, sampleRate))));
    this.lines = lineMs.map((ms) => new Delay(length(ms, sampleRate)));
    this.filters = this.lines.map(({ delay }) => lineFilter(delay, decay, sampleRate));
    this.highPassCoefficients = designHighPass(inputHighPassHz, sampleRate);
    // An impulse leaves a lossless network for ever; with loss g² a turn its energy is 1/(1-g²).
    const energy = this.filters.reduce((sum, { gain }) => sum + gain * gain, 0) / this.filters.length;
    this.level = Math.sqrt((1 - energy) / 2);
  }

  /** Replaces `left[0..frames)` and `right[0..frames)` by the reverb of them. */
  process(left: Float64Array, right: Float64Array, frames = left.length): void {
    for (let at = 0; at < frames;) {
      const inStep = this.position % controlStep;
      if (inStep === 0) this.highPass.flushDenormals();
      const to = Math.min(frames, at + controlStep - inStep);
      this.highPass.process(this.highPassCoefficients, left, 0, at, to);
      this.highPass.process(this.highPassCoefficients, right, 1, at, to);
      for (let n = at; n < to; n++) this.tick(left, right, n);
      this.position += to - at;
      at = to;
    }
  }

  state(archive: Archive): void {
    for (const stage of [...(this.preDelay ?? []), ...this.diffusers.flat(), ...this.lines, this.highPass]) {
      stage.state(archive);
    }
    archive.inPlace(this.damped);
    this.position = archive.pass(this.position);
  }

  private tick(left: Float64Array, right: Float64Array, n: number): void {
    let l = left[n]!;
    let r = right[n]!;
    if (this.preDelay !== null) {
      const [delayLeft, delayRight] = this.preDelay;
      const outLeft = delayLeft.out;
      const outRight = delayRight.out;
      delayLeft.push(l);
      delayRight.push(r);
      l = outLeft;
      r = outRight;
    }
    l = diffuse(this.diffusers[0]!, l);
    r = diffuse(this.diffusers[1]!, r);

    const { lines, filters, damped } = this;
    let sum = 0;
    let outLeft = 0;
    let outRight = 0;
    for (let i = 0; i < 8; i++) {
      const { gain, pole } = filters[i]!;
      const value = (1 - pole) * gain * lines[i]!.out + pole * damped[i]!;
      damped[i] = Math.abs(value) < silence ? 0 : value;
      sum += damped[i]!;
      outLeft += leftSigns[i]! * damped[i]!;
      outRight += rightSigns[i]! * damped[i]!;
    }
    // Householder feedback matrix I - (2/8) 1 1ᵀ: lossless, every line reaches every other.
    const spread = sum / 4;
    for (let i = 0; i < 8; i++) lines[i]!.push(damped[i]! - spread + (i % 2 === 0 ? l : r));
    left[n] = this.level * outLeft;
    right[n] = this.level * outRight;
  }
}

/** Schroeder allpasses in series. */
function diffuse(stages: readonly Delay[], input: number): number {
  let value = input;
  for (const stage of stages) {
    const delayed = stage.out;
    const inside = value + diffusion * delayed;
    stage.push(inside);
    value = delayed - diffusion * inside;
  }
  return value;
}
