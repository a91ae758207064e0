import { valuesPerBin } from '../../main/audio/peaks/peaksFormat.ts';
import { peaksOf } from '../canvas/peaks.ts';
import type { GrowingPeaks } from './growingPeaks.ts';

/** What part of a take the columns of a picture show, in the take's own frames. */
export interface TakeWindow {
  readonly from: number;
  readonly to: number;
  /** Take frame at column 0; outside of the take when it begins later. */
  readonly atZero: number;
  readonly framesPerColumn: number;
}

/** Minimum, maximum and RMS of each column; one set for all, filled and emptied thousands of times a second. */
export class Columns {
  low = new Float32Array(0);
  high = new Float32Array(0);
  rms = new Float32Array(0);
  #width = 0;

  clear(width: number): void {
    this.#width = width;
    if (this.low.length < width) {
      this.low = new Float32Array(width);
      this.high = new Float32Array(width);
      this.rms = new Float32Array(width);
      return;
    }
    this.low.fill(0, 0, width);
    this.high.fill(0, 0, width);
    this.rms.fill(0, 0, width);
  }

  /** From a peaks file, as far as it has been fetched. */
  fillFromFile(peaks: string, { from, to, atZero, framesPerColumn }: TakeWindow): void {
    for (const slice of peaksOf(peaks).slices(from, to, framesPerColumn)) {
      const { framesPerBin, values, channels, firstBin } = slice;
      const step = channels * valuesPerBin;
      const first = Math.max(0, Math.floor(from / framesPerBin) - firstBin);
      const last = Math.min(values.length / step, Math.ceil(to / framesPerBin) - firstBin);
      for (let bin = first; bin < last; bin++) {
        let least = 0;
        let most = 0;
        let squares = 0;
        for (let at = bin * step; at < (bin + 1) * step; at += valuesPerBin) {
          if (values[at]! < least) least = values[at]!;
          if (values[at + 1]! > most) most = values[at + 1]!;
          squares += values[at + 2]! * values[at + 2]!;
        }
        const x = ((firstBin + bin) * framesPerBin - atZero) / framesPerColumn;
        this.#put(x, x + framesPerBin / framesPerColumn, least, most, Math.sqrt(squares / channels));
      }
    }
  }

  fillFromGrowing(peaks: GrowingPeaks, { from, to, atZero, framesPerColumn }: TakeWindow): void {
    const { framesPerBin, bins, values } = peaks.levelFor(framesPerColumn);
    const last = Math.min(bins, Math.ceil(to / framesPerBin));
    for (let bin = Math.max(0, Math.floor(from / framesPerBin)); bin < last; bin++) {
      const at = bin * valuesPerBin;
      const x = (bin * framesPerBin - atZero) / framesPerColumn;
      const end = x + framesPerBin / framesPerColumn;
      this.#put(x, end, values[at]! / 127, values[at + 1]! / 127, values[at + 2]! / 127);
    }
  }

  #put(from: number, to: number, least: number, most: number, loud: number): void {
    const last = Math.min(this.#width - 1, to | 0);
    for (let x = Math.max(0, from | 0); x <= last; x++) {
      if (least < this.low[x]!) this.low[x] = least;
      if (most > this.high[x]!) this.high[x] = most;
      if (loud > this.rms[x]!) this.rms[x] = loud;
    }
  }
}
