const valuesPerBin = 3;
const finestFrames = 1024;
const factor = 4;
/** 1024, 4096, ... 1,048,576 frames: an hour at the coarsest is 165 bins. */
const levelCount = 6;

class Level {
  values = new Int8Array(256 * valuesPerBin);
  bins = 0;

  put(low: number, high: number, rms: number): void {
    const at = this.bins++ * valuesPerBin;
    if (at + valuesPerBin > this.values.length) {
      const larger = new Int8Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[at] = low;
    this.values[at + 1] = high;
    this.values[at + 2] = rms;
  }
}

export interface GrowingLevel {
  readonly framesPerBin: number;
  readonly bins: number;
  /** [bins][3]: minimum, maximum, RMS; 127 is full scale. */
  readonly values: Int8Array;
}

/** The outline of a take that is being captured, as a pyramid that grows with it. */
export class GrowingPeaks {
  /** Captured so far. */
  frames = 0;
  readonly #levels = Array.from({ length: levelCount }, () => new Level());

  /** Bins of the finest level, from bin `from` on; what is known already is passed over. */
  append(from: number, bytes: Int8Array): void {
    const finest = this.#levels[0]!;
    // Something is missing in between: a new subscription begins at the beginning.
    if (from > finest.bins) return;
    for (let at = (finest.bins - from) * valuesPerBin; at < bytes.length; at += valuesPerBin) {
      finest.put(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!);
      for (let level = 1; level < levelCount && this.#levels[level - 1]!.bins % factor === 0; level++) {
        this.#reduce(this.#levels[level - 1]!, this.#levels[level]!);
      }
    }
  }

  /** The coarsest level with a bin or more for each pixel. */
  levelFor(framesPerPixel: number): GrowingLevel {
    let level = 0;
    while (level + 1 < levelCount && finestFrames * factor ** (level + 1) <= framesPerPixel) level++;
    const { bins, values } = this.#levels[level]!;
    return { framesPerBin: finestFrames * factor ** level, bins, values };
  }

  #reduce(finer: Level, coarser: Level): void {
    let [low, high, squares] = [0, 0, 0];
    for (let bin = finer.bins - factor; bin < finer.bins; bin++) {
      const at = bin * valuesPerBin;
      low = Math.min(low, finer.values[at]!);
      high = Math.max(high, finer.values[at + 1]!);
      squares += finer.values[at + 2]! ** 2;
    }
    coarser.put(low, high, Math.round(Math.sqrt(squares / factor)));
  }
}
