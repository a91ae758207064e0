import type { Planar } from '../../audio/audioStream.ts';
import { Stft, frameMajorSpectrogram, type Spectrogram } from '../../audio/stft.ts';

const size = 4096;
const hop = size / 4;

/** Frames that a masked block needs of its inputs on either side, so that every sample has all its windows. */
export const maskMargin = size;

/**
 * Stems for a source with more channels than the model hears. The model's stereo estimates say how much of
 * every time-frequency bin belongs to which stem; each channel of the source is cut up by that share:
 * X_stem(channel) = X(channel) * P(stem) / sum of all P, with P = |left|^2 + |right|^2 of an estimate (a Wiener
 * filter with the estimates as power spectra). So each stem keeps its place among the channels, and bins
 * of which the model knows nothing (above its band) are left to the remainder.
 */
export class ChannelMasks {
  readonly #stft = new Stft({ size, hop, centre: false });

  /**
   * @param source channels of the block and `maskMargin` frames on either side, [channel][frames]
   * @param estimates of all stems, the remainder too, on the same frames: [stem][2][frames]
   * @param count how many stems to make, the first ones
   * @param phase place of the first frame in the grid of hops, so that neighbouring blocks use the same windows
   * @returns [stem][channel][frames - 2 * maskMargin]
   */
  separate(source: Planar, estimates: readonly Planar[], count: number, phase: number): Float32Array[][] {
    const skip = (hop - (phase % hop)) % hop;
    const aligned = (planes: Planar) => planes.map((plane) => plane.subarray(skip));
    const power = estimates.map((planes) => this.#power(aligned(planes)));
    const total = power[0]!.map((_, bin) => power.reduce((sum, stem) => sum + stem[bin]!, 0));
    const spectra = aligned(source).map((plane) => this.#transform(plane));
    const length = source[0]!.length;
    return power.slice(0, count).map((stem) =>
      spectra.map((spectrum) => {
        const out = new Float32Array(length - skip);
        this.#stft.inverse([masked(spectrum, stem, total)], [out]);
        return out.slice(maskMargin - skip, length - maskMargin - skip);
      }),
    );
  }

  #transform(plane: Float32Array): Spectrogram {
    const spectrum = frameMajorSpectrogram(this.#stft.frameCount(plane.length), this.#stft.bins);
    this.#stft.forward([plane], [spectrum]);
    return spectrum;
  }

  /** |left|^2 + |right|^2, [frame][bin]. */
  #power(planes: Planar): Float64Array {
    const power = new Float64Array(this.#stft.frameCount(planes[0]!.length) * this.#stft.bins);
    for (const plane of planes) {
      const { real, imag } = this.#transform(plane);
      for (let bin = 0; bin < power.length; bin++) power[bin]! += real[bin]! ** 2 + imag[bin]! ** 2;
    }
    return power;
  }
}

function masked(spectrum: Spectrogram, stem: Float64Array, total: Float64Array): Spectrogram {
  const share = (value: number, bin: number) => (total[bin]! > 0 ? (value * stem[bin]!) / total[bin]! : 0);
  return { ...spectrum, real: spectrum.real.map(share), imag: spectrum.imag.map(share) };
}
