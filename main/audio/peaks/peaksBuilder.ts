import type { Archive } from '../../platform/checkpoint.ts';
import type { Planar } from '../audioStream.ts';
import { planPeaks, valuesPerBin, type PeaksHeader } from './peaksFormat.ts';

/**
 * Computes the levels of a peaks file from audio in blocks of any size. Holds the whole pyramid: 11 MB for an
 * hour of stereo at 48 kHz.
 */
export class PeaksBuilder {
  readonly header: PeaksHeader;
  /** [level][bin][channel][3]; while a bin of the finest level is filled, its RMS is a sum of squares. */
  readonly #levels: Float32Array[];
  readonly #squares: Float64Array;
  #frames = 0;

  constructor(sampleRate: number, channels: number, frames: number) {
    this.header = planPeaks(sampleRate, channels, frames);
    this.#levels = this.header.levels.map((level) => new Float32Array(level.bins * channels * valuesPerBin));
    this.#squares = new Float64Array(channels);
  }

  process(audio: Planar): void {
    const { framesPerBin } = this.header.levels[0]!;
    const bins = this.#levels[0]!;
    const length = audio[0]?.length ?? 0;
    for (let done = 0; done < length;) {
      const place = this.#frames % framesPerBin;
      const end = Math.min(length, done + framesPerBin - place);
      const count = place + end - done;
      for (const [channel, plane] of audio.entries()) {
        const at = (Math.floor(this.#frames / framesPerBin) * this.header.channels + channel) * valuesPerBin;
        let low = place === 0 ? Infinity : bins[at]!;
        let high = place === 0 ? -Infinity : bins[at + 1]!;
        let squares = place === 0 ? 0 : this.#squares[channel]!;
        for (let frame = done; frame < end; frame++) {
          const sample = plane[frame]!;
          if (sample < low) low = sample;
          if (sample > high) high = sample;
          squares += sample * sample;
        }
        bins[at] = low;
        bins[at + 1] = high;
        bins[at + 2] = Math.sqrt(squares / count);
        this.#squares[channel] = squares;
      }
      this.#frames += end - done;
      done = end;
    }
  }

  state(archive: Archive): void {
    archive.inPlace(this.#levels[0]!, this.#squares);
    this.#frames = archive.pass(this.#frames);
  }

  /** The bins of all levels, finest first. To be called once, after the last block. */
  finish(): readonly Float32Array[] {
    for (let level = 1; level < this.#levels.length; level++) this.#reduce(level);
    return this.#levels;
  }

  /** A level from the finer one below it. */
  #reduce(level: number): void {
    const { channels, frames, levels } = this.header;
    const finer = this.#levels[level - 1]!;
    const coarser = this.#levels[level]!;
    const finerSize = levels[level - 1]!.framesPerBin;
    const factor = levels[level]!.framesPerBin / finerSize;
    const finerBins = levels[level - 1]!.bins;
    for (let bin = 0; bin < levels[level]!.bins; bin++) {
      for (let channel = 0; channel < channels; channel++) {
        let low = Infinity;
        let high = -Infinity;
        let squares = 0;
        let covered = 0;
        for (let part = bin * factor; part < Math.min(finerBins, (bin + 1) * factor); part++) {
          const at = (part * channels + channel) * valuesPerBin;
          const size = Math.min(finerSize, frames - part * finerSize);
          low = Math.min(low, finer[at]!);
          high = Math.max(high, finer[at + 1]!);
          squares += finer[at + 2]! ** 2 * size;
          covered += size;
        }
        coarser.set([low, high, Math.sqrt(squares / covered)], (bin * channels + channel) * valuesPerBin);
      }
    }
  }
}
