/**
 * Colours for levels, light growing steadily so that equal steps look equal: `darkLanes` is Magma (S. van der Walt
 * and N. Smith, matplotlib, CC0) on the window's own black, `lightLanes` the same idea on its paper.
 */
const maps = {
  darkLanes: [
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
  lightLanes: [
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
  // Behind notes, whose own colours must stand out: what is quiet is not drawn at all.
  darkPaper: ['#0a0c0f', '#0a0c0f', '#0c0f14', '#12171f', '#1a212d', '#252f3f', '#34435a', '#4b5f7d'],
  lightPaper: ['#eef1f5', '#eef1f5', '#e9edf3', '#dde3ec', '#ccd5e1', '#b7c3d3', '#9dadc2', '#8496b0'],
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
