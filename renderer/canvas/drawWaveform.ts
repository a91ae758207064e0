import { valuesPerBin } from '../../main/audio/peaks/peaksFormat.ts';
import type { Medium } from '../../main/contracts/desk.ts';
import { peaksOf } from './peaks.ts';
import type { Surface } from './useCanvas.ts';
import { viewport } from './viewport.ts';

/** Quiet music is to be seen, too: the height goes with the square root above it, as on many consoles' meters. */
const shape = (value: number) => Math.sign(value) * Math.abs(value) ** 0.8;

/** The channels folded into one outline, peaks faint and RMS strong. */
export function drawWaveform(
  { context, width, height }: Surface,
  medium: Medium,
  fill: string,
  faint: string,
  gain: number,
): void {
  if (medium.peaks === null) return;
  const { sampleRate } = medium;
  const framesPerPixel = viewport.secondsPerPixel * sampleRate;
  const startFrame = viewport.start * sampleRate;
  const columns = {
    low: new Float32Array(width + 1),
    high: new Float32Array(width + 1),
    rms: new Float32Array(width + 1),
  };
  const filled = new Uint8Array(width + 1);
  for (const slice of peaksOf(medium.peaks).slices(
    startFrame,
    startFrame + width * framesPerPixel,
    framesPerPixel,
  )) {
    const step = slice.channels * valuesPerBin;
    const bins = slice.values.length / step;
    for (let bin = 0; bin < bins; bin++) {
      const from = ((slice.firstBin + bin) * slice.framesPerBin - startFrame) / framesPerPixel;
      const to = from + slice.framesPerBin / framesPerPixel;
      if (to < 0 || from > width) continue;
      let [low, high, squares] = [0, 0, 0];
      for (let channel = 0; channel < slice.channels; channel++) {
        const at = bin * step + channel * valuesPerBin;
        low = Math.min(low, slice.values[at]!);
        high = Math.max(high, slice.values[at + 1]!);
        squares += slice.values[at + 2]! ** 2 / slice.channels;
      }
      const rms = Math.sqrt(squares);
      for (let x = Math.max(0, Math.floor(from)); x <= Math.min(width, to); x++) {
        columns.low[x] = Math.min(columns.low[x]!, low);
        columns.high[x] = Math.max(columns.high[x]!, high);
        columns.rms[x] = Math.max(columns.rms[x]!, rms);
        filled[x] = 1;
      }
    }
  }
  const middle = height / 2;
  const scale = middle - 2;
  context.fillStyle = faint;
  for (let x = 0; x < width; x++) {
    if (filled[x] === 0) continue;
    const top = Math.max(0, middle - shape(columns.high[x]! * gain) * scale);
    const bottom = middle - shape(columns.low[x]! * gain) * scale;
    context.fillRect(x, top, 1, Math.max(1, bottom - top));
  }
  context.fillStyle = fill;
  for (let x = 0; x < width; x++) {
    if (filled[x] === 0) continue;
    const half = shape(columns.rms[x]! * gain) * scale;
    context.fillRect(x, middle - half, 1, Math.max(1, 2 * half));
  }
}
