import type { StripSettings } from '../../main/contracts/mixPlan.ts';
import { designEqBand, designHighPass } from '../../main/audio/strip/filterDesign.ts';
import { magnitude } from '../../main/audio/strip/biquad.ts';
import type { Surface } from './useCanvas.ts';

const [lowestHz, highestHz] = [20, 20_000];
const rangeDb = 15;
/** Rate at which the curve is designed: high, so that the top octave is drawn as it is meant. */
const designRate = 96_000;

const frequencyAt = (part: number) => lowestHz * (highestHz / lowestHz) ** part;

/** Gain of a strip's filters at a frequency, in dB. */
export function curveDb(strip: StripSettings, frequency: number): number {
  const omega = (2 * Math.PI * frequency) / designRate;
  let gain = 1;
  for (const band of strip.eq) {
    if (band.gainDb !== 0) gain *= magnitude(designEqBand(band, designRate), omega);
  }
  if (strip.highPass.enabled) {
    gain *= magnitude(designHighPass(strip.highPass.frequencyHz, designRate), omega);
  }
  return 20 * Math.log10(Math.max(1e-6, gain));
}

export function drawEqCurve(
  { context, width, height }: Surface,
  strip: StripSettings,
  colours: { line: string; fill: string; grid: string },
): void {
  const middle = height / 2;
  const y = (db: number) => middle - (Math.max(-rangeDb, Math.min(rangeDb, db)) / rangeDb) * (middle - 3);
  context.fillStyle = colours.grid;
  for (const frequency of [100, 1000, 10_000]) {
    const x = (Math.log(frequency / lowestHz) / Math.log(highestHz / lowestHz)) * width;
    context.fillRect(Math.round(x), 0, 1, height);
  }
  context.fillRect(0, Math.round(middle), width, 1);
  context.beginPath();
  for (let x = 0; x <= width; x++) {
    const db = y(curveDb(strip, frequencyAt(x / width)));
    if (x === 0) context.moveTo(x, db);
    else context.lineTo(x, db);
  }
  context.strokeStyle = colours.line;
  context.lineWidth = 1.8;
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(width, middle);
  context.lineTo(0, middle);
  context.fillStyle = colours.fill;
  context.fill();
}
