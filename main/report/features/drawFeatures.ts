import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { envelopeOf, type Envelope } from '../envelope.ts';
import { clipImage, type ClipImage } from './clipImage.ts';
import { diverging, ground, ink, levelColours, line, panel, soft } from './colours.ts';
import { levelImages, type LevelImage } from './levelImage.ts';
import { codePlaces, likeBesideLike, standardised, standardisedTogether } from './ordering.ts';

/** In pixels; everything is drawn at twice the size. */
const width = 1280;
const margin = { left: 118, right: 28, top: 74, bottom: 56 };
const columns = width - margin.left - margin.right;
const waveHeight = 92;
const codesHeight = 92;
/** Three of the picture's dots for each of 96 dimensions. */
const featuresHeight = 144;
const clipHeight = 64;
const gap = 8;
const levelGap = 24;
/** Features further from their mean than so many standard deviations have the last colour. */
const brightest = 2.2;
const codeRows = 46;
const legendWidth = 120;
/** Of fewer clip embeddings than this no dimension has a spread of its own: two would always be as far apart as can be. */
const fewClips = 4;

export interface FeaturePicture {
  readonly audio: string;
  /** The safetensors file. */
  readonly tensors: string;
  /** The PNG file to write. */
  readonly output: string;
}

/**
 * Draws codes and features over time against the waveform. Codes that stand where features are alike lie near each
 * other, dimensions of the features that do alike too; a dimension is bright where it is far from its mean.
 * @throws SoniError of the files, and what `signal` is aborted with: then nothing is written
 */
export async function drawFeatures(
  { audio, tensors, output }: FeaturePicture,
  signal?: AbortSignal,
): Promise<void> {
  const images = await levelImages(tensors, columns);
  const clips = await clipImage(tensors, columns);
  const envelope = await envelopeOf(audio, columns, { signal });
  const height =
    margin.top +
    waveHeight +
    gap +
    clipHeight +
    images.length * (levelGap + codesHeight + gap + featuresHeight) +
    margin.bottom;
  const canvas = createCanvas(2 * width, 2 * height);
  const context = canvas.getContext('2d');
  context.scale(2, 2);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  const font = fontFamily();

  const title = { x: margin.left, y: 34, font: `600 20px ${font}`, colour: ink };
  write(context, shortened(context, basename(audio), title.font), title);
  const what = 'SoniDo codes and features, coarse to fine';
  write(context, what, { x: margin.left, y: 55, font: `400 13px ${font}`, colour: soft });
  legend(context, font);

  let y = margin.top;
  drawWave(context, envelope, y);
  label(context, font, 'waveform', '', soft, y + waveHeight / 2);
  y += waveHeight;
  drawClips(context, font, clips, y + gap);
  y += gap + clipHeight;
  for (const image of images) {
    y += levelGap;
    drawLevel(context, font, image, y);
    y += codesHeight + gap + featuresHeight;
  }
  drawTime(context, font, envelope.seconds, y);
  // Off this thread, so that a Ctrl-C while it was drawn is heard of before anything is written.
  const png = await canvas.encode('png');
  signal?.throwIfAborted();
  await writeFileAtomic(output, png);
}

/** Inter where it is installed with us, else what the system has. */
function fontFamily(): string {
  try {
    const file = createRequire(import.meta.url).resolve(
      '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
    );
    if (existsSync(file)) GlobalFonts.registerFromPath(file, 'SoniDesk Inter');
  } catch {
    // The words are drawn in another face.
  }
  return '"SoniDesk Inter", Inter, "DejaVu Sans", sans-serif';
}

interface Words {
  readonly x: number;
  readonly y: number;
  readonly font: string;
  readonly colour: string;
  readonly align?: 'left' | 'right' | 'center';
}

function write(context: SKRSContext2D, text: string, { x, y, font, colour, align = 'left' }: Words): void {
  context.font = font;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = 'alphabetic';
  context.fillText(text, x, y);
}

/** A name that leaves room for the legend, its end left out where it must be. */
function shortened(context: SKRSContext2D, name: string, font: string): string {
  context.font = font;
  const fits = (text: string) => context.measureText(text).width < columns - legendWidth - 40;
  if (fits(name)) return name;
  let length = name.length;
  while (length > 0 && !fits(`${name.slice(0, length)}…`)) length--;
  return `${name.slice(0, length)}…`;
}

/** Name and small print left of a panel. */
function label(context: SKRSContext2D, font: string, name: string, small: string, colour: string, y: number) {
  const x = margin.left - 14;
  write(context, name, { x, y: y + (small ? -2 : 4), font: `600 13px ${font}`, colour, align: 'right' });
  if (small) write(context, small, { x, y: y + 14, font: `400 11px ${font}`, colour: soft, align: 'right' });
}

function frame(context: SKRSContext2D, y: number, height: number): void {
  context.fillStyle = panel;
  context.beginPath();
  context.roundRect(margin.left, y, columns, height, 5);
  context.fill();
}

function drawWave(
  context: SKRSContext2D,
  { low, high, rms, seconds, stepSeconds }: Envelope,
  y: number,
): void {
  frame(context, y, waveHeight);
  const peak = Math.max(1e-6, ...high, ...low.map((value) => -value));
  const middle = y + waveHeight / 2;
  const scale = (waveHeight / 2 - 5) / peak;
  const at = (step: number) => margin.left + (Math.min(seconds, step * stepSeconds) / seconds) * columns;
  const band = (upper: readonly number[], lower: readonly number[], colour: string) => {
    context.fillStyle = colour;
    context.beginPath();
    // The last step lasts until the end.
    upper.forEach((value, step) => context.lineTo(at(step), middle - value * scale));
    context.lineTo(at(upper.length), middle - upper.at(-1)! * scale);
    context.lineTo(at(lower.length), middle - lower.at(-1)! * scale);
    for (let step = lower.length - 1; step >= 0; step--)
      context.lineTo(at(step), middle - lower[step]! * scale);
    context.closePath();
    context.fill();
  };
  if (seconds === 0) return;
  context.fillStyle = '#7f8796';
  context.fillRect(margin.left, middle - 0.5, columns, 1);
  band(high, low, '#7f8796');
  band(
    rms,
    rms.map((value) => -value),
    '#d9dce3',
  );
}

/** What the priors hear of the piece around each place, beside its codes. */
function drawClips(context: SKRSContext2D, font: string, clips: ClipImage, y: number): void {
  frame(context, y, clipHeight);
  const values = (clips.count < fewClips ? standardisedTogether : standardised)(clips.columns);
  drawMap(context, values, { y, height: clipHeight });
  const about = `${clips.windowSeconds.toFixed(1)} s around`;
  label(context, font, 'clip', about, ink, y + clipHeight / 2);
}

function drawLevel(context: SKRSContext2D, font: string, image: LevelImage, y: number): void {
  const { level, rateHz, codesUsed } = image;
  const colour = levelColours[level];
  const rows = standardised(image.features);
  frame(context, y, codesHeight);
  frame(context, y + codesHeight + gap, featuresHeight);
  drawCodes(context, image, rows, y);
  drawMap(context, rows, { y: y + codesHeight + gap, height: featuresHeight });
  label(context, font, level, `${rateHz.toFixed(1)} Hz`, colour, y + codesHeight / 2 - 8);
  write(context, `${codesUsed} code${codesUsed === 1 ? '' : 's'}`, {
    x: margin.left - 14,
    y: y + codesHeight / 2 + 22,
    font: `400 11px ${font}`,
    colour: soft,
    align: 'right',
  });
  const wide = `${image.features[0]?.length ?? 0} dimensions`;
  label(context, font, 'features', wide, ink, y + codesHeight + gap + featuresHeight / 2);
}

/** Every code a dot at its place, brighter where it stands more often. */
function drawCodes(
  context: SKRSContext2D,
  image: LevelImage,
  rows: readonly Float32Array[],
  y: number,
): void {
  const places = codePlaces(image.codes, rows);
  const counts = new Float32Array(columns * codeRows);
  for (const [column, codes] of image.codes.entries()) {
    for (const code of codes) {
      const row = Math.round((1 - places.get(code)!) * (codeRows - 1));
      counts[row * columns + column]! += 1 / codes.length;
    }
  }
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(levelColours[image.level].slice(at, at + 2), 16));
  const picture = createCanvas(columns, codeRows);
  const inner = picture.getContext('2d');
  const pixels = inner.createImageData(columns, codeRows);
  for (const [index, count] of counts.entries()) {
    pixels.data.set(
      [red!, green!, blue!, count === 0 ? 0 : Math.round(90 + 165 * Math.sqrt(Math.min(1, count)))],
      4 * index,
    );
  }
  inner.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, margin.left, y + 3, columns, codesHeight - 6);
}

function drawMap(
  context: SKRSContext2D,
  rows: readonly Float32Array[],
  { y, height }: { readonly y: number; readonly height: number },
): void {
  const order = likeBesideLike(rows);
  if (order.length === 0) return;
  const picture = createCanvas(columns, order.length);
  const inner = picture.getContext('2d');
  const pixels = inner.createImageData(columns, order.length);
  for (const [line, dimension] of order.entries()) {
    for (const [column, row] of rows.entries()) {
      const [red, green, blue] = diverging(row[dimension]! / brightest);
      pixels.data.set([red, green, blue, 255], 4 * (line * columns + column));
    }
  }
  inner.putImageData(pixels, 0, 0);
  context.save();
  context.beginPath();
  context.roundRect(margin.left, y, columns, height, 5);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, margin.left, y, columns, height);
  context.restore();
}

/** What the colours of the maps mean. */
function legend(context: SKRSContext2D, font: string): void {
  const size = legendWidth;
  const x = width - margin.right - size;
  for (let i = 0; i < size; i++) {
    const [red, green, blue] = diverging((2 * i) / (size - 1) - 1);
    context.fillStyle = `rgb(${red}, ${green}, ${blue})`;
    context.fillRect(x + i, 30, 1.5, 8);
  }
  const words = { y: 54, font: `400 11px ${font}`, colour: soft } as const;
  write(context, `-${brightest}`, { ...words, x });
  write(context, 'standard deviations', { ...words, x: x + size / 2, y: 24, align: 'center' });
  write(context, '0', { ...words, x: x + size / 2, align: 'center' });
  write(context, `+${brightest}`, { ...words, x: x + size, align: 'right' });
}

/** Round numbers of seconds below, with faint lines over all panels. */
function drawTime(context: SKRSContext2D, font: string, seconds: number, y: number): void {
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200].find(
      (one) => seconds / one <= 14,
    ) ?? 1800;
  if (seconds === 0) return;
  const decimals = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  for (let mark = 0; mark * step <= seconds; mark++) {
    const time = mark * step;
    const x = margin.left + (time / seconds) * columns;
    context.strokeStyle = line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x, y + 6);
    context.stroke();
    const minutes = Math.floor(time / 60);
    const rest = (time % 60).toFixed(decimals).padStart(decimals === 0 ? 2 : 3 + decimals, '0');
    write(context, `${minutes}:${rest}`, {
      x,
      y: y + 22,
      font: `400 11px ${font}`,
      colour: soft,
      align: 'center',
    });
  }
}
