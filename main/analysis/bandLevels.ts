import type { Hertz } from '../contracts/units.ts';
import type { Archive } from '../platform/checkpoint.ts';
import { GrowingArray } from './growingArray.ts';

/** Half octaves from 40 Hz to 14.5 kHz: coarse enough that a chord's change is no change of sound. */
export const levelBands = 17;
const lowestHz = 40;
const bandsPerOctave = 2;
/** Levels are counted from -60 dBFS on; what is quieter is 0. */
const floorDb = -60;

/** Level in half octaves of each spectrum frame, in dB above -60 dBFS, shape [frames][17]; 0 above the stream's range. */
export class BandLevels {
  readonly levels: GrowingArray;
  readonly #edges: readonly number[];

  constructor(binHz: Hertz, expectedFrames: number) {
    this.levels = new GrowingArray(levelBands, expectedFrames);
    this.#edges = Array.from({ length: levelBands + 1 }, (_, band) =>
      Math.round((lowestHz * 2 ** (band / bandsPerOctave)) / binHz),
    );
  }

  /** @param magnitude a full-scale sine gives 1 */
  frame(magnitude: Float64Array): void {
    const levels = this.levels.next();
    for (let band = 0; band < levelBands; band++) {
      let power = 0;
      const to = Math.min(magnitude.length, this.#edges[band + 1]!);
      for (let k = this.#edges[band]!; k < to; k++) power += magnitude[k]! ** 2;
      levels[band] = Math.max(0, 10 * Math.log10(power + 1e-12) - floorDb);
    }
  }

  state(archive: Archive): void {
    this.levels.state(archive);
  }
}
