/**
 * Units as branded numbers, so that samples are never added to seconds by accident.
 * The constructors do no checking: they name the unit of a number at the place where it is made.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]?: Name };

/** A count of sample frames (one value per channel). */
export type Samples = Unit<'samples'>;
export type Seconds = Unit<'seconds'>;
/** Quarter notes since the start of the tempo map. */
export type Beats = Unit<'beats'>;
/** A level or gain relative to its reference (dBFS, or dB of gain). */
export type Decibels = Unit<'decibels'>;
/** Loudness units relative to full scale (ITU-R BS.1770-5). */
export type Lufs = Unit<'lufs'>;
export type Hertz = Unit<'hertz'>;

/** Gain in decibels to a linear amplitude factor. */
export const fromDecibels = (gain: Decibels): number => 10 ** (gain / 20);
/** Linear amplitude factor to decibels; 0 gives -Infinity. */
export const toDecibels = (amplitude: number): Decibels => 20 * Math.log10(Math.abs(amplitude));
