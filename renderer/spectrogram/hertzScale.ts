import type { Medium } from '../../main/contracts/desk.ts';
import type { Surface } from '../canvas/useCanvas.ts';

const lowest = 40;
const highest = 18_000;
const marks = [100, 1000, 10_000];

/** What a lane shows of the spectrum. */
export const laneHertz = ({ sampleRate }: Medium): { lowHz: number; highHz: number } => ({
  lowHz: lowest,
  highHz: Math.min(highest, 0.49 * sampleRate),
});

/** Names of frequencies at the left edge of a lane. */
export function drawHertzScale(
  { context, height }: Surface,
  medium: Medium,
  text: string,
  back: string,
): void {
  const { lowHz, highHz } = laneHertz(medium);
  context.font = "10px 'Inter Variable', system-ui, sans-serif";
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const hertz of marks) {
    const y = height * (1 - Math.log(hertz / lowHz) / Math.log(highHz / lowHz));
    if (y < 8 || y > height - 8) continue;
    const label = hertz >= 1000 ? `${hertz / 1000}k` : String(hertz);
    context.fillStyle = back;
    context.beginPath();
    context.roundRect(3, y - 7, context.measureText(label).width + 8, 14, 3);
    context.fill();
    context.fillStyle = text;
    context.fillText(label, 7, y + 0.5);
  }
}
