import FFT from 'fft.js';
import { kaiserLowPass } from './kaiser.ts';

/** Power of two by which the rate changes: `up` is 1 or 2, `down` 1, 2, 4, ...; never both above 1. */
export interface PowerOfTwoRatio {
  readonly up: 1 | 2;
  readonly down: number;
}

/**
 * First stage of the resampler: a steep low-pass and a change of the rate by a power of two in one, by
 * overlap-save with the FFT. Two channels travel as the real and imaginary part of one complex signal (the
 * filter is real, so they stay apart). Blocks stand at fixed places, so the result does not depend on how the
 * input was cut.
 */
export class SteepStage {
  /** Output frames that a block gives. */
  readonly blockOutput: number;
  /** Input frames between blocks. */
  readonly hop: number;
  /** Input frames that a block looks at. */
  readonly size: number;
  /** Input frames that a block looks at before its first output. */
  readonly lookBack: number;
  readonly #outputStart: number;
  readonly #spectrumSize: number;
  /** Real spectrum of the zero-phase filter at the higher of both rates, gain and FFT scale included. */
  readonly #filter: Float64Array;
  readonly #forward: FFT;
  readonly #inverse: FFT;
  readonly #time: Float64Array;
  readonly #spectrum: Float64Array;
  readonly #folded: Float64Array;
  readonly #result: Float64Array;

  /** Band edges are in cycles per input sample. */
  constructor({ up, down }: PowerOfTwoRatio, passEdge: number, stopEdge: number, attenuation: number) {
    // A reach that is a multiple of both factors keeps blocks on whole samples of all rates.
    const filter = kaiserLowPass(passEdge / up, stopEdge / up, attenuation, up * down);
    const { reach } = filter;
    this.lookBack = reach / up;
    // Twice the overlap or more as useful output: at least half of the work counts.
    this.size = Math.max(2048, 2 ** Math.ceil(Math.log2(8 * this.lookBack)));
    this.hop = this.size - 2 * this.lookBack;
    this.blockOutput = (this.hop * up) / down;
    this.#outputStart = reach / down;
    const full = this.size * up;
    const inverseSize = full / down;

    const wide = new FFT(full);
    const impulse = new Float64Array(2 * full);
    for (let n = -reach; n <= reach; n++) impulse[2 * ((n + full) % full)] = filter.at(n);
    const response = new Float64Array(2 * full);
    wide.transform(response, impulse);
    this.#filter = Float64Array.from({ length: full }, (_, k) => (response[2 * k]! * up) / down);

    this.#spectrumSize = inverseSize;
    this.#forward = new FFT(this.size);
    this.#inverse = new FFT(inverseSize);
    this.#time = new Float64Array(2 * this.size);
    this.#spectrum = new Float64Array(2 * this.size);
    this.#folded = new Float64Array(2 * inverseSize);
    this.#result = new Float64Array(2 * inverseSize);
  }

  /**
   * One block. `first` and `second` hold `size` input frames (`second` may be absent), of which the first
   * output stands at frame `lookBack`; `blockOutput` frames are written from `at` on.
   */
  run(
    first: Float32Array,
    second: Float32Array | undefined,
    firstOut: Float64Array,
    secondOut: Float64Array | undefined,
    at: number,
  ): void {
    const time = this.#time;
    for (let n = 0; n < this.size; n++) {
      time[2 * n] = first[n]!;
      time[2 * n + 1] = second === undefined ? 0 : second[n]!;
    }
    this.#forward.transform(this.#spectrum, time);
    this.#applyFilter();
    this.#inverse.inverseTransform(this.#result, this.#folded);
    const result = this.#result;
    for (let n = 0, from = 2 * this.#outputStart; n < this.blockOutput; n++, from += 2) {
      firstOut[at + n] = result[from]!;
      if (secondOut !== undefined) secondOut[at + n] = result[from + 1]!;
    }
  }

  /** Repeats the spectrum (rate up: zeros between samples), filters it, folds it (rate down: samples dropped). */
  #applyFilter(): void {
    const filter = this.#filter;
    const spectrum = this.#spectrum;
    const folded = this.#folded;
    const inputMask = this.size - 1;
    const outputMask = this.#spectrumSize - 1;
    folded.fill(0);
    for (let k = 0; k < filter.length; k++) {
      const gain = filter[k]!;
      const from = 2 * (k & inputMask);
      const to = 2 * (k & outputMask);
      folded[to]! += spectrum[from]! * gain;
      folded[to + 1]! += spectrum[from + 1]! * gain;
    }
  }
}
