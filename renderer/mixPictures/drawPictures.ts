import type { Surface } from '../canvas/useCanvas.ts';
import { bandCentres, bandCount } from './bands.ts';
import type { Masking, MixBands } from './mixBands.ts';

export interface PictureColours {
  readonly before: string;
  readonly after: string;
  readonly afterFaint: string;
  readonly grid: string;
  readonly text: string;
  readonly covered: string;
}

const spectrumDb = { top: -12, bottom: -84 };
const labelled = [
  [100, '100'],
  [1000, '1k'],
  [10_000, '10k'],
] as const;
const labelHeight = 14;
const font = "11px 'Inter Variable', system-ui, sans-serif";
const [lowest, highest] = [bandCentres[0]!, bandCentres.at(-1)!];

const partOf = (hz: number): number => Math.log(hz / lowest) / Math.log(highest / lowest);

function line({ context }: Surface, points: readonly (readonly [number, number])[]): void {
  context.beginPath();
  points.forEach(([x, y], at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
}

/** Level over frequency: before as a thin line, after as a filled one. */
export function drawSpectrum(
  surface: Surface,
  before: MixBands,
  after: MixBands,
  colours: PictureColours,
): void {
  const { context, width, height } = surface;
  const bottom = height - labelHeight;
  context.font = font;
  context.textBaseline = 'alphabetic';
  for (const [hz, label] of labelled) {
    const x = Math.round(partOf(hz) * width);
    context.fillStyle = colours.grid;
    context.fillRect(x, 0, 1, bottom);
    context.fillStyle = colours.text;
    context.textAlign = 'center';
    context.fillText(label, x, height - 3);
  }
  const loudest = Math.max(...before.spectrum, ...after.spectrum);
  const top = Math.min(0, loudest + 4);
  const y = (db: number) =>
    bottom * Math.min(1, Math.max(0, (top - db) / (spectrumDb.top - spectrumDb.bottom)));
  const points = ({ spectrum }: MixBands) =>
    [...spectrum].map((db, band) => [partOf(bandCentres[band]!) * width, y(db)] as const);
  line(surface, [[0, bottom], ...points(after), [width, bottom]]);
  context.fillStyle = colours.afterFaint;
  context.fill();
  context.lineJoin = 'round';
  for (const [bands, colour, thickness] of [
    [before, colours.before, 1.2],
    [after, colours.after, 1.8],
  ] as const) {
    line(surface, points(bands));
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.stroke();
  }
}

/** Width over frequency, low at the bottom: a line in the middle is mono, the edges are sides that have nothing in common. */
export function drawStereo(
  surface: Surface,
  before: MixBands,
  after: MixBands,
  sides: { readonly left: string; readonly right: string },
  colours: PictureColours,
): void {
  const { context, width, height } = surface;
  const bottom = height - labelHeight;
  const middle = width / 2;
  const reach = middle - 10;
  const y = (band: number) => bottom - ((band + 0.5) / bandCount) * bottom;
  context.fillStyle = colours.grid;
  context.fillRect(Math.round(middle), 0, 1, bottom);
  for (const part of [0.5, 1]) {
    for (const sign of [-1, 1]) context.fillRect(Math.round(middle + sign * part * reach), 0, 1, bottom);
  }
  context.fillStyle = colours.text;
  context.font = font;
  context.textBaseline = 'alphabetic';
  for (const [side, x] of [
    [sides.left, middle - reach],
    [sides.right, middle + reach],
  ] as const) {
    context.textAlign = 'center';
    context.fillText(side, x, height - 3);
  }
  // 0.5 is what unrelated sides have; beyond it they cancel each other in mono.
  const points = ({ width: widths, spectrum }: MixBands, sign: number) => {
    const loudest = Math.max(...spectrum);
    return [...widths].map((part, band) => {
      const heard = Math.max(0, 1 + (spectrum[band]! - loudest) / 48);
      return [middle + sign * reach * Math.min(1, 2 * part) * heard, y(band)] as const;
    });
  };
  const outline = (bands: MixBands) =>
    line(surface, [...points(bands, -1), ...points(bands, 1).toReversed(), ...points(bands, -1).slice(0, 1)]);
  outline(after);
  context.fillStyle = colours.afterFaint;
  context.fill();
  context.strokeStyle = colours.after;
  context.lineWidth = 1.8;
  context.lineJoin = 'round';
  context.stroke();
  outline(before);
  context.strokeStyle = colours.before;
  context.lineWidth = 1.2;
  context.stroke();
}

/** One lane over frequency: how much of it is covered, before above after. What does not matter for it stays empty. */
export function drawMasking(
  { context, width, height }: Surface,
  before: Masking,
  after: Masking,
  tone: string,
  { covered, grid }: PictureColours,
): void {
  const cell = width / bandCount;
  const half = (height - 1) / 2;
  [before, after].forEach((masking, row) => {
    for (let band = 0; band < bandCount; band++) {
      const relevance = masking.relevance[band]!;
      const [x, y] = [band * cell, row * (half + 1)];
      context.globalAlpha = 1;
      context.fillStyle = grid;
      context.fillRect(x, y, cell - 1, half);
      context.globalAlpha = 0.55 * relevance;
      context.fillStyle = tone;
      context.fillRect(x, y, cell - 1, half);
      context.globalAlpha = relevance * masking.covered[band]!;
      context.fillStyle = covered;
      context.fillRect(x, y, cell - 1, half);
    }
  });
  context.globalAlpha = 1;
}
