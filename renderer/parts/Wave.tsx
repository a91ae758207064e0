import type { Medium } from '../../main/contracts/desk.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { drawWaveform } from '../canvas/drawWaveform.ts';
import { drawGrid } from '../canvas/grid.ts';
import { drawingGain, peaksChanged } from '../canvas/peaks.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
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
}

export const Wave = ({ name, medium, scale, tags, tone, dimmed = false }: WaveProps) => {
  const canvas = useCanvas(
    (surface) => {
      const element = canvas.current!;
      drawGrid(surface, tags, colour(element, '--grid'), colour(element, '--grid-strong'));
      surface.context.globalAlpha = dimmed ? 0.3 : 1;
      drawWaveform(
        surface,
        medium,
        colour(element, `--${tone}`),
        colour(element, `--${tone}-faint`),
        drawingGain(scale),
      );
      surface.context.globalAlpha = 1;
    },
    [viewport.changed, peaksChanged],
  );
  return <canvas ref={canvas} className="lane-wave" role="img" aria-label={texts().song.waveform(name)} />;
};

/** Colours of stems by name; others take turns. */
export function toneOf(name: string, index: number): string {
  const known: Record<string, string> = { vocals: 'vocals', drums: 'drums', bass: 'bass', other: 'other' };
  return known[name.toLowerCase()] ?? ['other', 'bass', 'vocals', 'drums', 'lilac', 'sky'][index % 6]!;
}
