import { SoniError } from '../contracts/errors.ts';
import { complexFft, isFftSize, type ComplexFft } from './mixedRadixFft.ts';

/** Hann window whose period is `size` (the last point is not zero again), as torch.hann_window gives it. */
export const periodicHann = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));

/**
 * A view of one signal's complex spectrogram inside larger arrays, in whatever order a model wants it:
 * bin k of frame t stands at `real[realStart + k * binStride + t * frameStride]`, likewise `imag`
 * (both may be the same array). `bins` may be fewer than size / 2 + 1: the upper ones are not written,
 * and taken as zero by the inverse.
 */
export interface Spectrogram {
  readonly real: Float32Array;
  readonly imag: Float32Array;
  readonly realStart: number;
  readonly imagStart: number;
  readonly bins: number;
  readonly frames: number;
  readonly binStride: number;
  readonly frameStride: number;
}

/** A new zeroed spectrogram, shape [frames][bins]: a frame's bins lie side by side. */
export function frameMajorSpectrogram(frames: number, bins: number): Spectrogram {
  const real = new Float32Array(frames * bins);
  const imag = new Float32Array(frames * bins);
  return { real, imag, realStart: 0, imagStart: 0, bins, frames, binStride: 1, frameStride: bins };
}

export interface StftOptions {
  /** Window and transform length, a power of two. */
  readonly size: number;
  /** Samples between frames; at most size / 4 for the inverse. */
  readonly hop: number;
  /** Length `size`; periodic Hann unless given. */
  readonly window?: Float64Array;
  /** Frame t is centred on sample t * hop, with the signal reflected at its ends; else it starts there. Default true. */
  readonly centre?: boolean;
  /** Scales by size^-1/2, so that the transform keeps energy. Default false. */
  readonly normalized?: boolean;
}

/**
 * Short-time Fourier transform and its least-squares inverse, with the numbers of torch.stft and torch.istft
 * (`center`, `pad_mode="reflect"`, `onesided`, `normalized`). Two real frames share one complex transform: two
 * signals of the same call, or two neighbouring frames of one. Everything is allocated once in the constructor.
 *
 * ```ts
 * const stft = new Stft({ size: 4096, hop: 1024, normalized: true });
 * const spectrogram = frameMajorSpectrogram(stft.frameCount(signal.length), stft.bins);
 * stft.forward([signal], [spectrogram]);
 * stft.inverse([spectrogram], [back]); // |back - signal| <= 1e-6
 * ```
 */
export class Stft {
  readonly size: number;
  readonly hop: number;
  readonly bins: number;
  readonly #half: number;
  readonly #scale: number;
  readonly #window: Float64Array;
  /** Sum of the squared windows that cover a sample far from the ends, by its place in the hop. */
  readonly #envelope: Float64Array;
  readonly #fft: ComplexFft;
  /** Interleaved complex time and frequency buffers. */
  readonly #time: Float64Array;
  readonly #frequency: Float64Array;

  constructor({ size, hop, window = periodicHann(size), centre = true, normalized = false }: StftOptions) {
    if (!isFftSize(size) || !Number.isInteger(hop) || hop < 1) {
      throw new SoniError(
        'internal',
        `No STFT of size ${size} (an even product of 2, 3, 5 and 7) and hop ${hop}.`,
      );
    }
    if (window.length !== size) {
      throw new SoniError(
        'internal',
        `An STFT of size ${size} takes as long a window, not ${window.length}.`,
      );
    }
    this.size = size;
    this.hop = hop;
    this.bins = size / 2 + 1;
    this.#half = centre ? size / 2 : 0;
    this.#scale = normalized ? 1 / Math.sqrt(size) : 1;
    this.#window = window;
    this.#envelope = new Float64Array(hop);
    for (const [n, value] of window.entries()) this.#envelope[n % hop]! += value * value;
    this.#fft = complexFft(size);
    this.#time = new Float64Array(2 * size);
    this.#frequency = new Float64Array(2 * size);
  }

  /** Frames of a signal of `length` samples. */
  frameCount(length: number): number {
    return Math.max(0, 1 + Math.floor((length + 2 * this.#half - this.size) / this.hop));
  }

  /**
   * Transforms frames `firstFrame` to `firstFrame + spectrogram.frames` of each signal.
   * @param signals samples, at best two of the same length
   * @param spectrograms written to; one for each signal, all with the same number of frames
   */
  forward(signals: readonly Float32Array[], spectrograms: readonly Spectrogram[], firstFrame = 0): void {
    const slots = signals.length * (spectrograms[0]?.frames ?? 0);
    for (let slot = 0; slot < slots; slot += 2) {
      const second = slot + 1 < slots ? slot + 1 : null;
      this.#load(signals[slot % signals.length]!, firstFrame + Math.floor(slot / signals.length), 0);
      if (second === null) for (let n = 1; n < this.#time.length; n += 2) this.#time[n] = 0;
      else this.#load(signals[second % signals.length]!, firstFrame + Math.floor(second / signals.length), 1);
      this.#fft.transform(this.#frequency, this.#time);
      this.#store(spectrograms[slot % signals.length]!, Math.floor(slot / signals.length), 0);
      if (second !== null) {
        this.#store(spectrograms[second % signals.length]!, Math.floor(second / signals.length), 1);
      }
    }
  }

  /**
   * The signals whose spectrograms come nearest to the given ones (overlap-add divided by the summed squared
   * windows). The lengths of `signals` say how much is made; frames outside the spectrogram count as zero.
   * @param firstFrame which frame of the signal stands first in the spectrograms
   */
  inverse(spectrograms: readonly Spectrogram[], signals: readonly Float32Array[], firstFrame = 0): void {
    if (this.hop > this.size / 4) {
      // Behind the centre of the last frame the window would be all but zero and the division ill-conditioned.
      const most = this.size / 4;
      throw new SoniError(
        'internal',
        `The inverse STFT of size ${this.size} takes a hop of at most ${most}.`,
      );
    }
    for (const signal of signals) signal.fill(0);
    const slots = signals.length * (spectrograms[0]?.frames ?? 0);
    for (let slot = 0; slot < slots; slot += 2) {
      const second = slot + 1 < slots ? slot + 1 : null;
      this.#frequency.fill(0);
      this.#mix(spectrograms[slot % signals.length]!, Math.floor(slot / signals.length), 0);
      if (second !== null) {
        this.#mix(spectrograms[second % signals.length]!, Math.floor(second / signals.length), 1);
      }
      this.#fft.inverseTransform(this.#time, this.#frequency);
      this.#overlapAdd(signals[slot % signals.length]!, firstFrame + Math.floor(slot / signals.length), 0);
      if (second !== null) {
        const frame = firstFrame + Math.floor(second / signals.length);
        this.#overlapAdd(signals[second % signals.length]!, frame, 1);
      }
    }
    for (const signal of signals) this.#divideByEnvelope(signal);
  }

  /** Windowed frame into the real (part 0) or imaginary (part 1) half of the time buffer. */
  #load(signal: Float32Array, frame: number, part: 0 | 1): void {
    const { size } = this;
    const time = this.#time;
    const window = this.#window;
    const start = frame * this.hop - this.#half;
    if (start >= 0 && start + size <= signal.length) {
      for (let n = 0, to = part; n < size; n++, to += 2) time[to] = signal[start + n]! * window[n]!;
      return;
    }
    const last = signal.length - 1;
    for (let n = 0, to = part; n < size; n++, to += 2) {
      let at = start + n;
      if (last <= 0) at = 0;
      else {
        // Reflection without repeating the end points; of very short signals several times over.
        at = Math.abs(at) % (2 * last);
        if (at > last) at = 2 * last - at;
      }
      time[to] = (signal[at] ?? 0) * window[n]!;
    }
  }

  /** Takes the spectrum of one of the two real signals out of the complex one. */
  #store(to: Spectrogram, frame: number, part: 0 | 1): void {
    const z = this.#frequency;
    const { real, imag, binStride } = to;
    const scale = this.#scale / 2;
    let realAt = to.realStart + frame * to.frameStride;
    let imagAt = to.imagStart + frame * to.frameStride;
    for (let k = 0; k < to.bins; k++, realAt += binStride, imagAt += binStride) {
      const mirror = k === 0 ? 0 : 2 * (this.size - k);
      const zr = z[2 * k]!;
      const zi = z[2 * k + 1]!;
      const yr = z[mirror]!;
      const yi = z[mirror + 1]!;
      real[realAt] = part === 0 ? (zr + yr) * scale : (zi + yi) * scale;
      imag[imagAt] = part === 0 ? (zi - yi) * scale : (yr - zr) * scale;
    }
  }

  /** Adds a spectrum as the real or imaginary one of the two signals; the reverse of `#store`. */
  #mix(from: Spectrogram, frame: number, part: 0 | 1): void {
    const z = this.#frequency;
    const { real, imag, binStride } = from;
    const scale = 1 / this.#scale;
    let realAt = from.realStart + frame * from.frameStride;
    let imagAt = from.imagStart + frame * from.frameStride;
    const bins = Math.min(from.bins, this.bins);
    for (let k = 0; k < bins; k++, realAt += binStride, imagAt += binStride) {
      const edge = k === 0 || k === this.size / 2;
      const re = real[realAt]! * scale;
      const im = edge ? 0 : imag[imagAt]! * scale;
      const at = 2 * k;
      const mirror = 2 * (this.size - k);
      if (part === 0) {
        z[at]! += re;
        z[at + 1]! += im;
        if (!edge) {
          z[mirror]! += re;
          z[mirror + 1]! -= im;
        }
      } else {
        z[at]! -= im;
        z[at + 1]! += re;
        if (!edge) {
          z[mirror]! += im;
          z[mirror + 1]! += re;
        }
      }
    }
  }

  #overlapAdd(signal: Float32Array, frame: number, part: 0 | 1): void {
    const time = this.#time;
    const window = this.#window;
    const start = frame * this.hop - this.#half;
    const end = Math.min(this.size, signal.length - start);
    for (let n = Math.max(0, -start); n < end; n++) signal[start + n]! += time[2 * n + part]! * window[n]!;
  }

  #divideByEnvelope(signal: Float32Array): void {
    const { size, hop } = this;
    const frames = this.frameCount(signal.length);
    for (let at = 0; at < signal.length; at++) {
      const place = at + this.#half;
      let sum = this.#envelope[place % hop]!;
      if (place < size || place >= frames * hop) {
        // Near the ends fewer frames overlap.
        sum = 0;
        const first = Math.max(0, Math.floor((place - size) / hop) + 1);
        for (let t = first; t < frames && t * hop <= place; t++) sum += this.#window[place - t * hop]! ** 2;
      }
      signal[at] = sum > 1e-11 ? signal[at]! / sum : 0;
    }
  }
}
