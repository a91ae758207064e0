import type { Hertz } from '../contracts/units.ts';
import type { Archive } from '../platform/checkpoint.ts';
import { SpectrumFrames } from './spectrumFrames.ts';

export const melBands = 96;
/** Frames a second: every 512 samples at 44.1 kHz. */
export const melRate = 44_100 / 512;
/** A band without any power. */
export const melSilence = -2;
const windowSeconds = 2048 / 44_100;
const lowestHz = 30;
const highestHz = 16_000;

const melOf = (hz: Hertz): number => 2595 * Math.log10(1 + hz / 700);
const hzOf = (mel: number): Hertz => 700 * (10 ** (mel / 2595) - 1);

interface Band {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

/** Triangles between neighbouring centres on the mel scale, read at the bins; a band between two bins takes the nearest. */
function melFilters(bins: number, binHz: Hertz): readonly Band[] {
  const low = melOf(lowestHz);
  const step = (melOf(highestHz) - low) / (melBands + 1);
  return Array.from({ length: melBands }, (_, band) => {
    const [left, centre, right] = [0, 1, 2].map((k) => hzOf(low + step * (band + k))) as [
      number,
      number,
      number,
    ];
    const firstBin = Math.max(0, Math.floor(left / binHz) + 1);
    const end = Math.min(bins, Math.ceil(right / binHz));
    // What lies above half the sample rate is silent.
    if (centre > (bins - 1) * binHz) return { firstBin: 0, weights: new Float64Array(0) };
    if (end <= firstBin) {
      const nearest = Math.min(bins - 1, Math.round(centre / binHz));
      return { firstBin: nearest, weights: Float64Array.of(1) };
    }
    const weights = Float64Array.from({ length: end - firstBin }, (_, k) => {
      const hz = (firstBin + k) * binHz;
      return Math.max(0, Math.min((hz - left) / (centre - left), (right - hz) / (right - centre)));
    });
    return { firstBin, weights };
  });
}

/**
 * The front end of the tagging heads: (log10(power + 1e-8) + 4) / 2 in 96 mel bands, 86.13 frames a second at every
 * sample rate, each centred on its time. Equal to models/training/sonido/mel.py, which says it exactly.
 */
export class LogMelFrames {
  private readonly frames: SpectrumFrames;

  /** @param onFrame called in order; the array is used again */
  constructor(sampleRate: Hertz, onFrame: (bands: Float32Array, frame: number) => void) {
    const values = new Float32Array(melBands);
    let filters: readonly Band[] = [];
    this.frames = new SpectrumFrames({
      sampleRate,
      framesPerSecond: melRate,
      windowSeconds,
      onFrame: (magnitude, frame) => {
        for (let band = 0; band < melBands; band++) {
          const { firstBin, weights } = filters[band]!;
          let power = 0;
          for (let k = 0; k < weights.length; k++) power += weights[k]! * magnitude[firstBin + k]! ** 2;
          values[band] = (Math.log10(power + 1e-8) + 4) / 2;
        }
        onFrame(values, frame);
      },
    });
    filters = melFilters(this.frames.size / 2 + 1, this.frames.binHz);
  }

  push(mono: Float64Array): void {
    this.frames.push(mono);
  }

  finish(): void {
    this.frames.finish();
  }

  state(archive: Archive): void {
    this.frames.state(archive);
  }
}
