import type { Decibels, Seconds } from '../contracts/units.ts';

/** "3:07" or "1:02:09". */
export function clock(seconds: Seconds): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** "+1.5 dB", "0.0 dB", "-3.0 dB" with a true minus sign; silence where there is no number. */
export function decibels(value: Decibels | null, unit = 'dB', signed = false): string {
  if (value === null) return 'silence';
  const rounded = Math.abs(value) < 0.05 ? 0 : value;
  const sign = rounded < 0 ? '−' : signed && rounded > 0 ? '+' : '';
  return `${sign}${Math.abs(rounded).toFixed(1)} ${unit}`;
}

export const percent = (fraction: number): string => `${Math.round(100 * fraction)} %`;

export function hertz(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toPrecision(3))} kHz` : `${Math.round(value)} Hz`;
}

const names = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'];
/** Scientific pitch notation: 60 is C4. */
export const pitchName = (pitch: number): string => `${names[pitch % 12]!}${Math.floor(pitch / 12) - 1}`;

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
