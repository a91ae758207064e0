import { bandCentres } from './bands.ts';
import type { MixBands } from './mixBands.ts';

/**
 * How loud a band is heard to be beside its power: the analogue prototypes of K-weighting (ITU-R BS.1770-5, Annex 1), a shelf
 * of 4 dB at 1682 Hz and a high-pass at 38 Hz. @returns factor of power
 */
export function kWeight(hz: number): number {
  const squared = ([re, im]: readonly [number, number]) => re ** 2 + im ** 2;
  const shelf = hz / 1681.97;
  const [high, band] = [10 ** (4 / 20), 10 ** (4 / 20 / 2)];
  const boost =
    squared([1 - high * shelf ** 2, (band * shelf) / 0.7072]) / squared([1 - shelf ** 2, shelf / 0.7072]);
  const low = hz / 38.135;
  const cut = low ** 4 / squared([1 - low ** 2, low / 0.5003]);
  return boost * cut;
}

const weights = bandCentres.map(kWeight);

/** Level of a mix as it is heard, in dB; only differences of it mean something. */
export const heardDb = ({ spectrum }: Pick<MixBands, 'spectrum'>): number =>
  10 *
  Math.log10(spectrum.reduce((sum, db, band) => sum + (weights[band] ?? 0) * 10 ** (db / 10), 0) + 1e-12);
