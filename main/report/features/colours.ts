import type { FeatureLevel } from '../../contracts/features.ts';

type Rgb = readonly [number, number, number];

export const ground = '#101218';
export const panel = '#171a22';
export const ink = '#eceae4';
export const soft = '#9aa0ad';
export const line = '#2a2e39';

/** The same three hues everywhere; apart with the common colour-vision deficiencies. */
export const levelColours: Readonly<Record<FeatureLevel, string>> = {
  coarse: '#f2a65a',
  medium: '#e0708f',
  fine: '#6aa9ff',
};

/** From below the mean over the ground to above it. */
const stops: readonly Rgb[] = [
  [143, 220, 255],
  [45, 120, 190],
  [24, 44, 74],
  [23, 26, 34],
  [92, 44, 30],
  [214, 108, 52],
  [255, 214, 140],
];

/** -1 to 1 as a colour. */
export function diverging(value: number): Rgb {
  const at = ((Math.max(-1, Math.min(1, value)) + 1) / 2) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const [a, b] = [stops[low]!, stops[low + 1]!];
  const mixed = a.map((part, i) => Math.round(part + (b[i]! - part) * (at - low)));
  return [mixed[0]!, mixed[1]!, mixed[2]!];
}
