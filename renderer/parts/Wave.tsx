import type { Medium } from '../../main/contracts/desk.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { drawWaveform } from '../canvas/drawWaveform.ts';
import { drawGrid } from '../canvas/grid.ts';
import { drawingGain, peaksChanged } from '../canvas/peaks.ts';
import { colour, useCanvas, type Surface } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import { drawHertzScale, laneHertz } from '../spectrogram/hertzScale.ts';
import { drawSpectrogram, spectrogramsChanged } from '../spectrogram/spectrograms.ts';
import { colourMapNow } from '../spectrogram/theme.ts';
import { texts } from '../texts/texts.ts';

interface WaveProps {
  readonly name: string;
  readonly medium: Medium;
  /** Whose loudest sample fills the height. */
  readonly scale: readonly Medium[];
  readonly tags: Tags | null;
  /** Name of its colour in the style sheet. */
  readonly tone: string;
  readonly dimmed?: boolean;
  /** What it will be as long as: behind its end it is still being computed. `null` when all of it is there. */
  readonly awaited?: Medium | null;
  /** Its frequencies instead of its samples. */
  readonly spectrogram?: boolean;
}

export const Wave = (props: WaveProps) => {
  const { name, medium, scale, tags, tone, awaited = null, dimmed = false, spectrogram = false } = props;
  const canvas = useCanvas(
    (surface) => {
      const element = canvas.current!;
      const { context, height } = surface;
      if (awaited !== null) {
        drawAwaited(surface, secondsOf(medium), secondsOf(awaited), colour(element, '--line'));
      }
      context.globalAlpha = dimmed ? 0.3 : 1;
      if (spectrogram) {
        const rows = Math.ceil((height * devicePixelRatio) / 32) * 32;
        drawSpectrogram(surface, medium, {
          ...laneHertz(medium),
          rows,
          detail: 'time',
          colours: colourMapNow('Lanes'),
        });
        context.globalAlpha = 1;
        drawHertzScale(surface, medium, colour(element, '--scale-text'), colour(element, '--scale-back'));
        return;
      }
      drawGrid(surface, tags, colour(element, '--grid'), colour(element, '--grid-strong'));
      drawWaveform(
        surface,
        medium,
        colour(element, `--${tone}`),
        colour(element, `--${tone}-faint`),
        drawingGain(scale),
      );
      context.globalAlpha = 1;
    },
    [viewport.changed, peaksChanged, spectrogramsChanged],
  );
  const t = texts().song;
  const label = spectrogram ? t.spectrogram(name) : t.waveform(name);
  return <canvas ref={canvas} className="lane-wave" role="img" aria-label={label} />;
};

const secondsOf = ({ frames, sampleRate }: Medium): number => frames / sampleRate;

/** Pixels from stripe to stripe. */
const stripes = 9;

/** Slanted stripes from a second to a second: nothing there yet. */
function drawAwaited({ context, width, height }: Surface, from: number, to: number, line: string): void {
  const left = Math.max(0, viewport.toPixel(from));
  const right = Math.min(width, viewport.toPixel(to));
  if (right <= left) return;
  context.save();
  context.beginPath();
  context.rect(left, 0, right - left, height);
  context.clip();
  context.strokeStyle = line;
  context.beginPath();
  for (let x = stripes * Math.floor((left - height) / stripes); x < right; x += stripes) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}

/** Colours of stems by name; others take turns. */
export function toneOf(name: string, index: number): string {
  const known: Record<string, string> = { vocals: 'vocals', drums: 'drums', bass: 'bass', other: 'other' };
  return known[name.toLowerCase()] ?? ['other', 'bass', 'vocals', 'drums', 'lilac', 'sky'][index % 6]!;
}
