import type { Tags } from '../../main/contracts/tags.ts';
import type { Surface } from './useCanvas.ts';
import { viewport } from './viewport.ts';

/** Steps of a ruler, in seconds. */
const steps = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];
const leastPixels = 78;

export function rulerStep(secondsPerPixel: number): number {
  return steps.find((step) => step / secondsPerPixel >= leastPixels) ?? 3600;
}

/** "1:05", "1:05.25", "1:02:03". */
export function clock(seconds: number, digits = 0): string {
  const factor = 10 ** digits;
  const whole = Math.round(Math.max(0, seconds) * factor) / factor;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = (whole % 60).toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** Bars (and beats, where there is room) when they are known, else seconds. */
export function drawGrid(
  { context, width, height }: Surface,
  tags: Tags | null,
  line: string,
  strong: string,
): void {
  const end = viewport.toSeconds(width);
  const inView = (times: readonly number[]) => times.filter((at) => at >= viewport.start && at <= end);
  const draw = (times: readonly number[], style: string) => {
    context.fillStyle = style;
    for (const at of times) context.fillRect(Math.round(viewport.toPixel(at)), 0, 1, height);
  };
  const downbeats = inView(tags?.downbeats ?? []);
  if (downbeats.length > 1 && width / downbeats.length > 12) {
    const beats = inView(tags?.beats ?? []);
    if (width / Math.max(1, beats.length) > 14) draw(beats, line);
    draw(downbeats, strong);
    return;
  }
  const step = rulerStep(viewport.secondsPerPixel);
  const times: number[] = [];
  for (let at = Math.ceil(viewport.start / step) * step; at <= end; at += step) times.push(at);
  draw(times, line);
}

export function drawRuler({ context, width, height }: Surface, text: string, line: string): void {
  const step = rulerStep(viewport.secondsPerPixel);
  const end = viewport.toSeconds(width);
  const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (let at = Math.ceil(viewport.start / step) * step; at <= end; at += step) {
    const x = Math.round(viewport.toPixel(at));
    context.fillStyle = line;
    context.fillRect(x, height - 7, 1, 7);
    context.fillStyle = text;
    context.fillText(clock(at, digits), x + 5, height / 2);
  }
}
