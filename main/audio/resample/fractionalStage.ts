import { kaiserLowPass } from './kaiser.ts';

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/** More phases than this are interpolated linearly between this many: an error of (pi / 4096)^2 / 8, -143 dB. */
const maxPhases = 4096;

/**
 * Second stage of the resampler: any ratio, on a signal that fills at most a quarter of its rate, so that a
 * short filter is enough. Polyphase: one row of taps per position between two input samples.
 */
export class FractionalStage {
  /** Input frames needed before and after a position. */
  readonly reach: number;
  readonly #taps: number;
  /** [phases + 1][taps] */
  readonly #rows: Float64Array;
  readonly #phases: number;
  /** Output n stands at input n * step / steps. */
  readonly #step: number;
  readonly #steps: number;

  constructor(from: number, to: number, attenuation: number) {
    const divisor = greatestCommonDivisor(from, to);
    this.#step = from / divisor;
    this.#steps = to / divisor;
    // An even reach stands on whole samples of a steep stage that doubles the rate.
    const filter = kaiserLowPass(0.25, 0.75, attenuation, 2);
    this.reach = filter.reach;
    this.#taps = 2 * filter.reach;
    this.#phases = Math.min(this.#steps, maxPhases);
    this.#rows = new Float64Array((this.#phases + 1) * this.#taps);
    for (let phase = 0; phase <= this.#phases; phase++) {
      for (let tap = 0; tap < this.#taps; tap++) {
        const time = tap - (this.reach - 1) - phase / this.#phases;
        this.#rows[phase * this.#taps + tap] = filter.at(time);
      }
    }
  }

  /** How many outputs stand before input frame `position`. */
  outputsBefore(position: number): number {
    return Math.max(0, Math.ceil((position * this.#steps) / this.#step));
  }

  /** The input frame at or before output `n`. */
  positionOf(n: number): number {
    return Math.floor((n * this.#step) / this.#steps);
  }

  /**
   * Outputs `start` to `start + out.length` of one channel.
   * @param input frames from `inputStart` on; at least from `reach` before the first output's position to
   *   `reach` after the last one's
   */
  run(input: Float64Array, inputStart: number, start: number, out: Float32Array): void {
    const taps = this.#taps;
    const rows = this.#rows;
    const steps = this.#steps;
    const whole = Math.floor(this.#step / steps);
    const part = this.#step % steps;
    let remainder = (start * this.#step) % steps;
    let from = this.positionOf(start) - this.reach + 1 - inputStart;
    const exact = this.#phases === steps;
    for (let n = 0; n < out.length; n++) {
      if (exact) {
        out[n] = dot(rows, remainder * taps, input, from, taps);
      } else {
        const place = (remainder * this.#phases) / steps;
        const phase = Math.floor(place);
        const low = dot(rows, phase * taps, input, from, taps);
        const high = dot(rows, (phase + 1) * taps, input, from, taps);
        out[n] = low + (high - low) * (place - phase);
      }
      from += whole;
      remainder += part;
      if (remainder >= steps) {
        remainder -= steps;
        from++;
      }
    }
  }
}

function dot(rows: Float64Array, row: number, input: Float64Array, from: number, taps: number): number {
  let even = 0;
  let odd = 0;
  for (let tap = 0; tap < taps; tap += 2) {
    even += rows[row + tap]! * input[from + tap]!;
    odd += rows[row + tap + 1]! * input[from + tap + 1]!;
  }
  return even + odd;
}
