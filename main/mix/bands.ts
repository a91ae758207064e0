import type { Hertz } from '../contracts/units.ts';

/** Centres of the third-octave bands, 20 Hz to 20 kHz (IEC 61260-1, base two). */
export const bandCentres: readonly Hertz[] = Array.from({ length: 31 }, (_, k) => 1000 * 2 ** ((k - 17) / 3));
export const bandCount = bandCentres.length;

const half = 2 ** (1 / 6);

/** Sums the power of spectrum bins into bands; bins share a border in proportion. */
export class BandSum {
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly first: Float64Array;
  private readonly last: Float64Array;

  constructor(binHz: Hertz, bins: number) {
    this.from = new Int32Array(bandCount);
    this.to = new Int32Array(bandCount);
    this.first = new Float64Array(bandCount);
    this.last = new Float64Array(bandCount);
    bandCentres.forEach((centre, band) => {
      // Bin k covers (k - 1/2) to (k + 1/2) bins.
      const low = Math.min(centre / half / binHz + 0.5, bins);
      const high = Math.min((centre * half) / binHz + 0.5, bins);
      this.from[band] = Math.min(bins - 1, Math.floor(low));
      this.to[band] = Math.min(bins - 1, Math.floor(high));
      this.first[band] = Math.floor(low) + 1 - low;
      this.last[band] = high - Math.floor(high);
      if (this.from[band] === this.to[band]) this.first[band] = high - low;
    });
  }

  /** Adds |magnitude|² to `into`, shape [bands]. */
  add(magnitude: Float64Array, into: Float64Array): void {
    for (let band = 0; band < bandCount; band++) {
      const from = this.from[band]!;
      const to = this.to[band]!;
      let sum = this.first[band]! * magnitude[from]! ** 2;
      for (let k = from + 1; k < to; k++) sum += magnitude[k]! ** 2;
      if (to > from) sum += this.last[band]! * magnitude[to]! ** 2;
      into[band] = into[band]! + sum;
    }
  }
}

/**
 * Power weight of the K-filter (ITU-R BS.1770) at a frequency, from its two stages' responses in their common
 * 48 kHz form; tells how much a band counts for loudness.
 */
export function kWeight(hz: Hertz): number {
  const omega = (2 * Math.PI * Math.min(hz, 20000)) / 48000;
  const power = (b: readonly [number, number, number], a: readonly [number, number, number]) => {
    const at = ([c0, c1, c2]: readonly [number, number, number]) =>
      (c0 + c1 * Math.cos(omega) + c2 * Math.cos(2 * omega)) ** 2 +
      (c1 * Math.sin(omega) + c2 * Math.sin(2 * omega)) ** 2;
    return at(b) / at(a);
  };
  const shelf = power(
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1, -1.69065929318241, 0.73248077421585],
  );
  const highPass = power([1, -2, 1], [1, -1.99004745483398, 0.99007225036621]);
  return shelf * highPass;
}
