import FFT from 'fft.js';
import { SoniError } from '../contracts/errors.ts';

/** Transforms between interleaved complex arrays of one size; the inverse is divided by the size. */
export type ComplexFft = Pick<FFT, 'transform' | 'inverseTransform'>;

const oddRadices = [3, 5, 7] as const;

/** Whether there is a transform of this size: even, and a product of 2, 3, 5 and 7 (6144, 7680, 5120, 4096, ...). */
export function isFftSize(size: number): boolean {
  if (!Number.isInteger(size) || size < 4 || size % 2 !== 0) return false;
  let rest = size;
  for (const radix of [2, ...oddRadices]) while (rest % radix === 0) rest /= radix;
  return rest === 1;
}

/** @throws SoniError `internal` for a size that `isFftSize` refuses */
export function complexFft(size: number): ComplexFft {
  if (!isFftSize(size)) {
    throw new SoniError('internal', `No FFT of size ${size}: even products of 2, 3, 5 and 7 only.`);
  }
  return transformOf(size);
}

function transformOf(size: number): ComplexFft {
  const radix = oddRadices.find((odd) => size % odd === 0);
  return radix === undefined ? new FFT(size) : new OddRadixFft(size, radix);
}

/**
 * One step of Cooley and Tukey's algorithm, decimation in time: `radix` transforms of every radix-th sample,
 * then a small transform across them. The even part of the size is left to fft.js. Double precision throughout,
 * with twiddle factors straight from sine and cosine: as exact as a transform of a power of two.
 */
class OddRadixFft implements ComplexFft {
  readonly #inner: ComplexFft;
  readonly #innerSize: number;
  /** exp(-2 pi i n / size), interleaved. */
  readonly #roots: Float64Array;
  readonly #gathered: Float64Array;
  /** Transforms of the parts: [radix][innerSize], interleaved. */
  readonly #parts: Float64Array[];
  readonly #twiddled: Float64Array;
  readonly #swapped: Float64Array;

  constructor(
    private readonly size: number,
    private readonly radix: number,
  ) {
    this.#innerSize = size / radix;
    this.#inner = transformOf(this.#innerSize);
    this.#roots = new Float64Array(2 * size);
    for (let n = 0; n < size; n++) {
      this.#roots[2 * n] = Math.cos((2 * Math.PI * n) / size);
      this.#roots[2 * n + 1] = -Math.sin((2 * Math.PI * n) / size);
    }
    this.#gathered = new Float64Array(2 * this.#innerSize);
    this.#parts = Array.from({ length: radix }, () => new Float64Array(2 * this.#innerSize));
    this.#twiddled = new Float64Array(2 * radix);
    this.#swapped = new Float64Array(2 * size);
  }

  transform(out: Float64Array, data: ArrayLike<number>): void {
    const { radix } = this;
    const gathered = this.#gathered;
    for (const [part, transformed] of this.#parts.entries()) {
      for (let n = 0, from = 2 * part; n < gathered.length; n += 2, from += 2 * radix) {
        gathered[n] = data[from]!;
        gathered[n + 1] = data[from + 1]!;
      }
      this.#inner.transform(transformed, gathered);
    }
    for (let k = 0; k < this.#innerSize; k++) this.#across(k, out);
  }

  inverseTransform(out: Float64Array, data: ArrayLike<number>): void {
    // With real and imaginary parts swapped on both sides a forward transform is a backward one.
    const swapped = this.#swapped;
    for (let n = 0; n < swapped.length; n += 2) {
      swapped[n] = data[n + 1]!;
      swapped[n + 1] = data[n]!;
    }
    this.transform(out, swapped);
    for (let n = 0; n < out.length; n += 2) {
      const imaginary = out[n]! / this.size;
      out[n] = out[n + 1]! / this.size;
      out[n + 1] = imaginary;
    }
  }

  /** Bins k, k + innerSize, k + 2 innerSize, ... from bin k of all parts. */
  #across(k: number, out: Float64Array): void {
    const { radix } = this;
    const roots = this.#roots;
    const twiddled = this.#twiddled;
    for (const [part, transformed] of this.#parts.entries()) {
      const re = transformed[2 * k]!;
      const im = transformed[2 * k + 1]!;
      const c = roots[2 * part * k]!;
      const s = roots[2 * part * k + 1]!;
      twiddled[2 * part] = re * c - im * s;
      twiddled[2 * part + 1] = re * s + im * c;
    }
    for (let q = 0; q < radix; q++) {
      let re = 0;
      let im = 0;
      for (let part = 0; part < radix; part++) {
        const root = 2 * ((part * q) % radix) * this.#innerSize;
        const c = roots[root]!;
        const s = roots[root + 1]!;
        re += twiddled[2 * part]! * c - twiddled[2 * part + 1]! * s;
        im += twiddled[2 * part]! * s + twiddled[2 * part + 1]! * c;
      }
      out[2 * (k + q * this.#innerSize)] = re;
      out[2 * (k + q * this.#innerSize) + 1] = im;
    }
  }
}
