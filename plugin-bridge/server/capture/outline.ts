import type { Planar } from '../../../main/audio/audioStream.ts';
import type { Samples } from '../../../main/contracts/units.ts';

/** Frames in a bin: fine enough for a take that is being watched; its peaks file is finer. */
const binFrames = 1024;
const valuesPerBin = 3;
const firstBins = 512;

/**
 * How a take looks while it grows: minimum, maximum and RMS of every 1024 frames as signed bytes (127 is full scale), all
 * channels in one. An hour takes half a megabyte.
 */
export class Outline {
  #bytes = new Int8Array(firstBins * valuesPerBin);
  #frames: Samples = 0;
  #low = 0;
  #high = 0;
  #squares = 0;

  /** Bins that are complete. */
  get bins(): number {
    return Math.floor(this.#frames / binFrames);
  }

  get frames(): Samples {
    return this.#frames;
  }

  append(audio: Planar, from: Samples, count: Samples): void {
    for (let done = 0; done < count;) {
      const part = Math.min(count - done, binFrames - (this.#frames % binFrames));
      for (const plane of audio) this.#measure(plane, from + done, from + done + part, audio.length);
      this.#pass(part);
      done += part;
    }
  }

  skip(count: Samples): void {
    for (let done = 0; done < count;) {
      const part = Math.min(count - done, binFrames - (this.#frames % binFrames));
      this.#pass(part);
      done += part;
    }
  }

  /** Bins from `from` on, at most `most`. */
  read(from: number, most: number): Int8Array {
    return this.#bytes.subarray(from * valuesPerBin, Math.min(this.bins, from + most) * valuesPerBin);
  }

  #measure(plane: Float32Array, from: number, to: number, channels: number): void {
    let [low, high, squares] = [this.#low, this.#high, 0];
    for (let at = from; at < to; at++) {
      const sample = plane[at]!;
      if (sample < low) low = sample;
      if (sample > high) high = sample;
      squares += sample * sample;
    }
    this.#low = low;
    this.#high = high;
    this.#squares += squares / channels;
  }

  #pass(frames: Samples): void {
    this.#frames += frames;
    if (this.#frames % binFrames !== 0) return;
    const at = (this.bins - 1) * valuesPerBin;
    if (at + valuesPerBin > this.#bytes.length) {
      const larger = new Int8Array(2 * this.#bytes.length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[at] = toByte(this.#low);
    this.#bytes[at + 1] = toByte(this.#high);
    this.#bytes[at + 2] = toByte(Math.sqrt(this.#squares / binFrames));
    this.#low = this.#high = this.#squares = 0;
  }
}

const toByte = (value: number): number => Math.round(Math.max(-1, Math.min(1, value)) * 127);
