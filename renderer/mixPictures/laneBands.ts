import { complexFft } from '../../main/audio/mixedRadixFft.ts';
import { bandBins, bandCount } from './bands.ts';

/** 0.19 s at 44.1 kHz: bins of 5 Hz, narrower than the lowest band. */
export const windowFrames = 8192;

/** What a lane holds in third-octave bands, in so many moments spread over the song. Shapes: [moments][bands]. */
export interface LaneBands {
  readonly moments: number;
  /** Mean square of the left side; 1 is full scale. */
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Mean product of both sides: what they have in common. */
  readonly cross: Float32Array;
}

/** Listens to windows of stereo audio; both sides share one transform. */
export class BandListener {
  readonly #fft = complexFft(windowFrames);
  readonly #window = Float64Array.from(
    { length: windowFrames },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / windowFrames),
  );
  readonly #input = new Float64Array(2 * windowFrames);
  readonly #output = new Float64Array(2 * windowFrames);
  readonly #bins: ReturnType<typeof bandBins>;
  readonly #bands: { readonly left: number[]; readonly right: number[]; readonly cross: number[] } = {
    left: [],
    right: [],
    cross: [],
  };

  constructor(sampleRate: number) {
    this.#bins = bandBins(sampleRate / windowFrames, windowFrames / 2);
  }

  /** @param left `windowFrames` samples; fewer are followed by silence */
  add(left: Float32Array, right: Float32Array): void {
    for (let n = 0; n < windowFrames; n++) {
      const weight = this.#window[n]!;
      this.#input[2 * n] = (left[n] ?? 0) * weight;
      this.#input[2 * n + 1] = (right[n] ?? 0) * weight;
    }
    this.#fft.transform(this.#output, this.#input);
    // Both halves of the spectrum, and the power that a Hann window takes away: 3/8.
    const scale = 2 / (windowFrames ** 2 * 0.375);
    for (const [from, to] of this.#bins) {
      let [leftPower, rightPower, common] = [0, 0, 0];
      for (let k = from; k < to; k++) {
        const mirror = k === 0 ? 0 : windowFrames - k;
        const [re, im] = [this.#output[2 * k]!, this.#output[2 * k + 1]!];
        const [mirrorRe, mirrorIm] = [this.#output[2 * mirror]!, this.#output[2 * mirror + 1]!];
        const [leftRe, leftIm] = [(re + mirrorRe) / 2, (im - mirrorIm) / 2];
        const [rightRe, rightIm] = [(im + mirrorIm) / 2, (mirrorRe - re) / 2];
        leftPower += leftRe ** 2 + leftIm ** 2;
        rightPower += rightRe ** 2 + rightIm ** 2;
        common += leftRe * rightRe + leftIm * rightIm;
      }
      this.#bands.left.push(leftPower * scale);
      this.#bands.right.push(rightPower * scale);
      this.#bands.cross.push(common * scale);
    }
  }

  finish(): LaneBands {
    const { left, right, cross } = this.#bands;
    return {
      moments: left.length / bandCount,
      left: Float32Array.from(left),
      right: Float32Array.from(right),
      cross: Float32Array.from(cross),
    };
  }
}
