import type { CompRegion, TakeTempoMap } from '../../main/contracts/session.ts';
import type { StudioTake } from '../../main/contracts/studio.ts';
import { viewport } from '../canvas/viewport.ts';
import { Columns, type TakeWindow } from './columns.ts';
import type { GrowingPeaks } from './growingPeaks.ts';
import { barLines, beatLines } from './hostGrid.ts';
import type { WavePainter } from './wavePainter.ts';

/** Where on the canvas. */
export interface Band {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

const columns = new Columns();

/** A part of a take as a clip, its waveform into the picture of all. */
export function drawRegion(
  context: CanvasRenderingContext2D,
  painter: WavePainter,
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
  const [from, to] = [Math.max(0, left), Math.min(band.width, Math.max(left + 1, right))];
  context.fillStyle = fill;
  context.globalAlpha = 0.13;
  context.fillRect(from, band.top, to - from, band.height);
  context.globalAlpha = 0.7;
  context.fillRect(from, band.top, to - from, 1.5);
  if (left >= 0) context.fillRect(left, band.top, 1, band.height);
  context.globalAlpha = 1;
  const ratio = window.devicePixelRatio;
  const framesPerColumn = (viewport.secondsPerPixel * sampleRate) / ratio;
  const seen: TakeWindow = {
    from: region.takeStart + (from - left) * ratio * framesPerColumn,
    to: region.takeStart + Math.min(right - left, to - left) * ratio * framesPerColumn,
    atZero: region.takeStart - left * ratio * framesPerColumn,
    framesPerColumn,
  };
  columns.clear(Math.ceil(band.width * ratio));
  if (take.peaks !== null) columns.fillFromFile(take.peaks, seen);
  else if (growing !== undefined) columns.fillFromGrowing(growing, seen);
  painter.wave(columns, Math.floor(from * ratio), Math.ceil(to * ratio), band.top, band.height, fill);
}

/** Between two lines of a hatched area. */
const hatchPixels = 7;

/** What was lost on the way, hatched so that nobody takes it for silence. */
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
    const [from, to] = [Math.max(0, left), Math.min(band.width, left + width)];
    context.globalAlpha = 0.16;
    context.fillRect(from, band.top, to - from, band.height);
    context.globalAlpha = 0.6;
    hatch(context, { ...band, from, to, anchor: left }, fill);
    context.globalAlpha = 1;
    context.fillRect(from, band.top + band.height - 3, to - from, 3);
  }
}

/** Diagonals from edge to edge; they move with `anchor`. */
function hatch(
  context: CanvasRenderingContext2D,
  { from, to, anchor, top, height }: Band & { from: number; to: number; anchor: number },
  stroke: string,
): void {
  context.save();
  context.beginPath();
  context.rect(from, top, to - from, height);
  context.clip();
  context.beginPath();
  const steps = Math.floor((from - height - anchor) / hatchPixels);
  for (let x = anchor + steps * hatchPixels; x < to; x += hatchPixels) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
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
