import { valuesPerBin } from '../../main/audio/peaks/peaksFormat.ts';
import type { CompRegion, TakeTempoMap } from '../../main/contracts/session.ts';
import type { StudioTake } from '../../main/contracts/studio.ts';
import { peaksOf } from '../canvas/peaks.ts';
import { viewport } from '../canvas/viewport.ts';
import type { GrowingPeaks } from './growingPeaks.ts';
import { barLines, beatLines } from './hostGrid.ts';

/** Where on the canvas. */
export interface Band {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

/** Quiet music is to be seen, too. */
const exponent = 0.6;
const shapes = Float32Array.from({ length: 257 }, (_, level) => (level / 256) ** exponent);
const shape = (value: number): number => shapes[Math.min(256, Math.abs(value) * 256) | 0]!;

/** One set of columns for all that is drawn: they are filled and emptied thousands of times a second. */
let low = new Float32Array(0);
let high = new Float32Array(0);
let rms = new Float32Array(0);

function clear(width: number): void {
  if (low.length < width)
    [low, high, rms] = [new Float32Array(width), new Float32Array(width), new Float32Array(width)];
  low.fill(0, 0, width);
  high.fill(0, 0, width);
  rms.fill(0, 0, width);
}

function put(from: number, to: number, width: number, least: number, most: number, loud: number): void {
  const last = Math.min(width - 1, to | 0);
  for (let x = Math.max(0, from | 0); x <= last; x++) {
    if (least < low[x]!) low[x] = least;
    if (most > high[x]!) high[x] = most;
    if (loud > rms[x]!) rms[x] = loud;
  }
}

/** Frames of a take that are in view, in its own rate. */
interface Window {
  readonly from: number;
  readonly to: number;
  /** Take frame at pixel 0. */
  readonly atZero: number;
  readonly framesPerPixel: number;
}

function fillFromFile(peaks: string, { from, to, atZero, framesPerPixel }: Window, width: number): void {
  for (const slice of peaksOf(peaks).slices(from, to, framesPerPixel)) {
    const step = slice.channels * valuesPerBin;
    const bins = slice.values.length / step;
    const { framesPerBin, values } = slice;
    const first = Math.max(0, Math.floor(from / framesPerBin) - slice.firstBin);
    const last = Math.min(bins, Math.ceil(to / framesPerBin) - slice.firstBin);
    for (let bin = first; bin < last; bin++) {
      let [least, most, squares] = [0, 0, 0];
      for (let at = bin * step; at < (bin + 1) * step; at += valuesPerBin) {
        least = Math.min(least, values[at]!);
        most = Math.max(most, values[at + 1]!);
        squares += values[at + 2]! ** 2 / slice.channels;
      }
      const x = ((slice.firstBin + bin) * framesPerBin - atZero) / framesPerPixel;
      put(x, x + framesPerBin / framesPerPixel, width, least, most, Math.sqrt(squares));
    }
  }
}

function fillFromGrowing(
  peaks: GrowingPeaks,
  { from, to, atZero, framesPerPixel }: Window,
  width: number,
): void {
  const { framesPerBin, bins, values } = peaks.levelFor(framesPerPixel);
  const last = Math.min(bins, Math.ceil(to / framesPerBin));
  for (let bin = Math.max(0, Math.floor(from / framesPerBin)); bin < last; bin++) {
    const at = bin * valuesPerBin;
    const x = (bin * framesPerBin - atZero) / framesPerPixel;
    put(
      x,
      x + framesPerBin / framesPerPixel,
      width,
      values[at]! / 127,
      values[at + 1]! / 127,
      values[at + 2]! / 127,
    );
  }
}

/** The columns from pixel `from` to `to` as two shapes, peaks faint and RMS strong. */
function paint(
  context: CanvasRenderingContext2D,
  { top, height }: Band,
  from: number,
  to: number,
  fill: string,
): void {
  const middle = top + height / 2;
  const scale = height / 2 - 2;
  context.fillStyle = fill;
  for (const [alpha, upper, lower] of [
    [0.45, high, low],
    [1, rms, rms],
  ] as const) {
    context.globalAlpha = alpha;
    context.beginPath();
    context.moveTo(from, middle);
    for (let x = from; x < to; x++) context.lineTo(x, middle - Math.max(0.5, shape(upper[x]!) * scale));
    for (let x = to - 1; x >= from; x--) context.lineTo(x, middle + Math.max(0.5, shape(lower[x]!) * scale));
    context.closePath();
    context.fill();
  }
  context.globalAlpha = 1;
}

/** A part of a take as a clip with its waveform. */
export function drawRegion(
  context: CanvasRenderingContext2D,
  band: Band,
  take: StudioTake,
  region: Pick<CompRegion, 'hostStart' | 'takeStart' | 'frames'>,
  growing: GrowingPeaks | undefined,
  fill: string,
): void {
  const { sampleRate } = take;
  const left = viewport.toPixel(region.hostStart / sampleRate);
  const right = viewport.toPixel((region.hostStart + region.frames) / sampleRate);
  if (right < 0 || left > band.width) return;
  const framesPerPixel = viewport.secondsPerPixel * sampleRate;
  const [from, to] = [
    Math.max(0, Math.floor(left)),
    Math.min(band.width, Math.max(left + 1, Math.ceil(right))),
  ];
  context.fillStyle = fill;
  context.globalAlpha = 0.13;
  context.fillRect(from, band.top, to - from, band.height);
  context.globalAlpha = 0.7;
  context.fillRect(from, band.top, to - from, 1.5);
  if (left >= 0) context.fillRect(left, band.top, 1, band.height);
  context.globalAlpha = 1;
  const window: Window = {
    from: region.takeStart + Math.max(0, from - left) * framesPerPixel,
    to: region.takeStart + Math.min(right - left, to - left) * framesPerPixel,
    atZero: region.takeStart - left * framesPerPixel,
    framesPerPixel,
  };
  const width = Math.ceil(band.width);
  clear(width);
  if (take.peaks !== null) fillFromFile(take.peaks, window, width);
  else if (growing !== undefined) fillFromGrowing(growing, window, width);
  paint(context, band, from, Math.min(width, Math.ceil(to)), fill);
}

/** What was lost on the way, marked so that nobody takes it for silence. */
export function drawGaps(
  context: CanvasRenderingContext2D,
  band: Band,
  take: StudioTake,
  fill: string,
): void {
  context.fillStyle = fill;
  for (const { start, frames } of take.gaps) {
    const left = viewport.toPixel((take.hostStart + start) / take.sampleRate);
    const width = Math.max(2, frames / take.sampleRate / viewport.secondsPerPixel);
    if (left + width < 0 || left > band.width) continue;
    context.globalAlpha = 0.25;
    context.fillRect(left, band.top, width, band.height);
    context.globalAlpha = 1;
    context.fillRect(left, band.top + band.height - 3, width, 3);
  }
}

/** Room that a bar line needs. */
const leastBarPixels = 36;
const leastBeatPixels = 14;

export function drawHostGrid(
  context: CanvasRenderingContext2D,
  band: Band,
  tempo: TakeTempoMap,
  sampleRate: number,
  line: string,
  strong: string,
): void {
  const [from, to] = [viewport.start, viewport.toSeconds(band.width)];
  const bars = barLines(tempo, sampleRate, from, to, band.width / leastBarPixels);
  const [first, second] = bars;
  const beats =
    first === undefined || second === undefined || second.bar - first.bar > 1
      ? []
      : beatLines(tempo, sampleRate, from, to);
  context.fillStyle = line;
  if (beats.length < band.width / leastBeatPixels) {
    for (const at of beats) context.fillRect(Math.round(viewport.toPixel(at)), band.top, 1, band.height);
  }
  context.fillStyle = strong;
  for (const { seconds } of bars) {
    context.fillRect(Math.round(viewport.toPixel(seconds)), band.top, 1, band.height);
  }
}
