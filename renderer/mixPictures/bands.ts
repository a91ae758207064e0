/** Centres of the third-octave bands, 20 Hz to 20 kHz (IEC 61260-1, base two). */
export const bandCentres: readonly number[] = Array.from(
  { length: 31 },
  (_, k) => 1000 * 2 ** ((k - 17) / 3),
);
export const bandCount = bandCentres.length;

const half = 2 ** (1 / 6);

/** The first bin of every band and the one after the last; a narrow band has the bin that its centre is in. */
export function bandBins(binHz: number, bins: number): readonly (readonly [from: number, to: number])[] {
  return bandCentres.map((centre) => {
    const from = Math.min(bins - 1, Math.round(centre / half / binHz));
    const to = Math.min(bins, Math.round((centre * half) / binHz));
    return [from, Math.max(from + 1, to)];
  });
}

/** "50 Hz", "3.2 kHz". */
export const hertzText = (hz: number): string =>
  hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz / 1000).toFixed(1)} kHz`;
