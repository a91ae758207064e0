import type { Archive } from '../../platform/checkpoint.ts';

/**
 * Second-order section, normalised to a0 = 1:
 * y[n] = b0 x[n] + b1 x[n-1] + b2 x[n-2] - a1 y[n-1] - a2 y[n-2].
 */
export interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** State below this is set to zero: far under any audible level, far above the denormal range of float64. */
export const silence = 1e-30;

/** Transposed direct form II in float64 for the two channels of a strip; coefficients may change between samples. */
export class BiquadState {
  private readonly s1 = new Float64Array(2);
  private readonly s2 = new Float64Array(2);

  /** Filters `audio[from..to)` of channel `channel` in place. */
  process(
    { b0, b1, b2, a1, a2 }: Biquad,
    audio: Float64Array,
    channel: 0 | 1,
    from: number,
    to: number,
  ): void {
    let s1 = this.s1[channel]!;
    let s2 = this.s2[channel]!;
    for (let n = from; n < to; n++) {
      const x = audio[n]!;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      audio[n] = y;
    }
    this.s1[channel] = s1;
    this.s2[channel] = s2;
  }

  /** Called at every control step, so that the result does not depend on the caller's block size. */
  flushDenormals(): void {
    for (const state of [this.s1, this.s2]) {
      for (let c = 0; c < 2; c++) if (Math.abs(state[c]!) < silence) state[c] = 0;
    }
  }

  /** Nothing rings any more: silence in gives silence out. */
  get idle(): boolean {
    return this.s1[0] === 0 && this.s1[1] === 0 && this.s2[0] === 0 && this.s2[1] === 0;
  }

  state(archive: Archive): void {
    archive.inPlace(this.s1, this.s2);
  }

  reset(): void {
    this.s1.fill(0);
    this.s2.fill(0);
  }
}

/** |H| of a section at `omega` radians per sample. */
export function magnitude({ b0, b1, b2, a1, a2 }: Biquad, omega: number): number {
  const c1 = Math.cos(omega);
  const s1 = Math.sin(omega);
  const c2 = Math.cos(2 * omega);
  const s2 = Math.sin(2 * omega);
  const numerator = Math.hypot(b0 + b1 * c1 + b2 * c2, b1 * s1 + b2 * s2);
  return numerator / Math.hypot(1 + a1 * c1 + a2 * c2, a1 * s1 + a2 * s2);
}
