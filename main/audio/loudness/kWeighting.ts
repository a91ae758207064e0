import type { Archive } from '../../platform/checkpoint.ts';

/** Coefficients of H(z) = (b0 + b1 z^-1 + b2 z^-2) / (1 + a1 z^-1 + a2 z^-2). */
interface Biquad {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/**
 * The two filters of K-weighting at any sample rate. ITU-R BS.1770-5, Annex 1 gives coefficients at 48 kHz only;
 * these are the analogue prototypes that they come from (a shelf of 4 dB at 1682 Hz, a high-pass at 38 Hz),
 * transformed bilinearly. At 48 kHz they give the standard's own numbers.
 */
function kWeighting(sampleRate: number): readonly [Biquad, Biquad] {
  const shelf = (() => {
    const k = Math.tan((Math.PI * 1681.974450955533) / sampleRate);
    const q = 0.7071752369554196;
    const high = 10 ** (3.999843853973347 / 20);
    const band = high ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return {
      b0: (high + (band * k) / q + k * k) / a0,
      b1: (2 * (k * k - high)) / a0,
      b2: (high - (band * k) / q + k * k) / a0,
      a1: (2 * (k * k - 1)) / a0,
      a2: (1 - k / q + k * k) / a0,
    };
  })();
  const k = Math.tan((Math.PI * 38.13547087602444) / sampleRate);
  const q = 0.5003270373238773;
  const a0 = 1 + k / q + k * k;
  const highPass = { b0: 1, b1: -2, b2: 1, a1: (2 * (k * k - 1)) / a0, a2: (1 - k / q + k * k) / a0 };
  return [shelf, highPass];
}

/** K-weights one channel and sums the squares. */
export class KWeightedEnergy {
  readonly #shelf: Biquad;
  readonly #highPass: Biquad;
  /** State of both filters, transposed direct form II. */
  #s1 = 0;
  #s2 = 0;
  #h1 = 0;
  #h2 = 0;

  constructor(sampleRate: number) {
    [this.#shelf, this.#highPass] = kWeighting(sampleRate);
  }

  state(archive: Archive): void {
    this.#s1 = archive.pass(this.#s1);
    this.#s2 = archive.pass(this.#s2);
    this.#h1 = archive.pass(this.#h1);
    this.#h2 = archive.pass(this.#h2);
  }

  /** Sum of the squared weighted samples `from` to `to`. */
  sum(samples: Float32Array, from: number, to: number): number {
    const { b0, b1, b2, a1, a2 } = this.#shelf;
    const { a1: c1, a2: c2 } = this.#highPass;
    let s1 = this.#s1;
    let s2 = this.#s2;
    let h1 = this.#h1;
    let h2 = this.#h2;
    let energy = 0;
    for (let n = from; n < to; n++) {
      const x = samples[n]!;
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = y + h1;
      h1 = h2 - 2 * y - c1 * z;
      h2 = y - c2 * z;
      energy += z * z;
    }
    // In silence the states would sink into denormal numbers, which are slow.
    this.#s1 = Math.abs(s1) < 1e-30 ? 0 : s1;
    this.#s2 = Math.abs(s2) < 1e-30 ? 0 : s2;
    this.#h1 = Math.abs(h1) < 1e-30 ? 0 : h1;
    this.#h2 = Math.abs(h2) < 1e-30 ? 0 : h2;
    return energy;
  }
}
