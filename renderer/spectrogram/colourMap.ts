/**
 * Colours for levels, light growing steadily so that equal steps look equal: `dark` is Magma (S. van der Walt and
 * N. Smith, matplotlib, CC0) on the window's own black, `light` the same idea on its paper.
 */
const maps = {
  dark: [
    '#0a0c0f',
    '#14103a',
    '#3b0f70',
    '#641a80',
    '#8c2981',
    '#b73779',
    '#de4968',
    '#f7705c',
    '#fe9f6d',
    '#fecf92',
    '#fcfdbf',
  ],
  light: [
    '#f3f5f9',
    '#e3e7f3',
    '#c9d0ea',
    '#a9aedd',
    '#8e88cc',
    '#7a61b8',
    '#6a3f9f',
    '#572781',
    '#40165f',
    '#280b3f',
    '#120320',
  ],
} as const;
export type ColourMapName = keyof typeof maps;

const steps = 256;

/** [256][4] bytes: red, green, blue, opaque. */
export function colourTable(name: ColourMapName): Uint8ClampedArray {
  const stops = maps[name].map((hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  const table = new Uint8ClampedArray(4 * steps);
  for (let step = 0; step < steps; step++) {
    const at = (step / (steps - 1)) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(at));
    for (let part = 0; part < 3; part++) {
      const [from, to] = [stops[below]![part]!, stops[below + 1]![part]!];
      table[4 * step + part] = from + (to - from) * (at - below);
    }
    table[4 * step + 3] = 255;
  }
  return table;
}

/** The same as a CSS gradient, for a scale. */
export const colourGradient = (name: ColourMapName): string =>
  `linear-gradient(to right, ${maps[name].join(', ')})`;
