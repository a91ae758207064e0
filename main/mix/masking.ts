import { bandCentres, bandCount, kWeight } from './bands.ts';
import { blockSeconds } from './trackMeasurement.ts';
import type { Track } from './track.ts';

/** Where one track covers another. */
export interface Conflict {
  readonly masker: Track;
  readonly masked: Track;
  readonly band: number;
  /** Part of the time in which the masked track plays that this band of it is covered. */
  readonly part: number;
  /** Median level of the masker over the masked there, in dB. */
  readonly excessDb: number;
}

/** Bands in which masking is looked for: below lie kick and bass, above little is masked for long. */
const lowestHz = 150;
const highestHz = 8000;
/** A band counts for a track when it is at most this far under its strongest, K-weighted. */
const relevantDb = 10;
/** A masker this much under the masked still covers its details (simultaneous masking, within one band). */
const maskingMarginDb = 4;

/** Spread of excitation to neighbouring third-octaves: about -8 dB a band upward, -15 downward (ISO 532-1 slopes, rounded). */
const upward = 10 ** -0.8;
const downward = 10 ** -1.5;

function excitation(blocks: Float32Array, block: number, band: number): number {
  const at = (b: number) => (b < 0 || b >= bandCount ? 0 : blocks[block * bandCount + b]!);
  return at(band) + upward * at(band - 1) + downward * at(band + 1);
}

/** Bands that make up what a track is, most important first. */
export function relevantBands({ measured }: Track): number[] {
  const weighted = bandCentres.map((hz, b) => measured.spectrum[b]! * kWeight(hz));
  const strongest = Math.max(...weighted);
  return bandCentres
    .map((hz, band) => ({ hz, band, level: 10 * Math.log10(weighted[band]! / strongest + 1e-12) }))
    .filter(({ hz, level }) => hz >= lowestHz && hz <= highestHz && level > -relevantDb)
    .toSorted((a, b) => b.level - a.level)
    .map(({ band }) => band);
}

/**
 * Bands in which `masker` covers `masked`, both at their planned gains, by overlap of excitation in blocks of
 * half a second.
 */
export function conflicts(masker: Track, masked: Track): Conflict[] {
  const a = masked.measured;
  const b = masker.measured;
  const gain = 10 ** ((masker.strip.gainDb - masked.strip.gainDb) / 10);
  const blocks = Math.min(a.active.length, b.active.length);
  const playing = a.active.reduce((sum, on) => sum + on, 0);
  const found: Conflict[] = [];
  for (const band of relevantBands(masked)) {
    const excess: number[] = [];
    for (let k = 0; k < blocks; k++) {
      if (a.active[k] === 0 || b.active[k] === 0) continue;
      const wanted = excitation(a.blocks, k, band);
      const covering = excitation(b.blocks, k, band) * gain;
      if (wanted > 0 && covering > wanted * 10 ** (-maskingMarginDb / 10)) {
        excess.push(10 * Math.log10(covering / wanted));
      }
    }
    if (excess.length * blockSeconds < 3) continue;
    const middle = excess.toSorted((x, y) => x - y)[excess.length >> 1]!;
    found.push({ masker, masked, band, part: excess.length / playing, excessDb: middle });
  }
  return found;
}
