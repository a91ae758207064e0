import type { TakeTempoMap } from '../../main/contracts/session.ts';

export interface BarLine {
  readonly seconds: number;
  /** As the host counts, from 1. */
  readonly bar: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly beatSeconds: number;
  readonly beatsPerBar: number;
  /** Where a bar begins, and which. */
  readonly anchor: number;
  readonly anchorBar: number;
}

/** Stretches of one tempo and meter, over all of time; empty when the host never said. */
function stretchesOf(tempo: TakeTempoMap, sampleRate: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [index, point] of tempo.entries()) {
    const at = point.sample / sampleRate;
    // bpm counts quarter notes; beats are the meter's own.
    const beatSeconds = (60 / point.bpm) * (4 / point.denominator);
    const before = stretches.at(-1);
    const { anchor, anchorBar } = anchorOf(point, at, beatSeconds, before);
    stretches.push({
      from: index === 0 ? -Infinity : at,
      to: tempo[index + 1] === undefined ? Infinity : tempo[index + 1]!.sample / sampleRate,
      beatSeconds,
      beatsPerBar: point.numerator,
      anchor,
      anchorBar,
    });
  }
  return stretches;
}

function anchorOf(
  { bar, beat, sample }: TakeTempoMap[number],
  at: number,
  beatSeconds: number,
  before: Stretch | undefined,
): { anchor: number; anchorBar: number } {
  if (bar !== undefined && beat !== undefined)
    return { anchor: at - (beat - 1) * beatSeconds, anchorBar: bar };
  if (before === undefined) return { anchor: sample < 0 ? 0 : Math.min(at, 0), anchorBar: 1 };
  // The host did not say where it counts: beats go on from the stretch before.
  const beats = (at - before.anchor) / before.beatSeconds;
  const whole = Math.floor(beats / before.beatsPerBar + 1e-9);
  return {
    anchor: at - (beats - whole * before.beatsPerBar) * beatSeconds,
    anchorBar: before.anchorBar + whole,
  };
}

/** Bar lines in a part of the timeline, no more than `most`: then only every 2nd, 4th, 8th ... */
export function barLines(
  tempo: TakeTempoMap,
  sampleRate: number,
  from: number,
  to: number,
  most: number,
): BarLine[] {
  const lines: BarLine[] = [];
  const stretches = stretchesOf(tempo, sampleRate);
  const shortest = Math.min(...stretches.map(({ beatSeconds, beatsPerBar }) => beatSeconds * beatsPerBar));
  let every = 1;
  while ((to - from) / (shortest * every) > most) every *= 2;
  for (const stretch of stretches) {
    const barSeconds = stretch.beatSeconds * stretch.beatsPerBar;
    const [start, end] = [Math.max(from, stretch.from), Math.min(to, stretch.to)];
    if (end <= start) continue;
    const first = Math.ceil((start - stretch.anchor) / barSeconds - 1e-9);
    for (let index = first; ; index++) {
      const seconds = stretch.anchor + index * barSeconds;
      if (seconds >= end) break;
      const bar = stretch.anchorBar + index;
      if ((bar - 1) % every === 0) lines.push({ seconds, bar });
    }
  }
  return lines;
}

/** Beats between the bar lines. */
export function beatLines(tempo: TakeTempoMap, sampleRate: number, from: number, to: number): number[] {
  return stretchesOf(tempo, sampleRate).flatMap(({ anchor, beatSeconds, ...stretch }) => {
    const [start, end] = [Math.max(from, stretch.from), Math.min(to, stretch.to)];
    const lines: number[] = [];
    for (let index = Math.ceil((start - anchor) / beatSeconds - 1e-9); ; index++) {
      const seconds = anchor + index * beatSeconds;
      if (seconds >= end) return lines;
      lines.push(seconds);
    }
  });
}

/** "120 · 4/4". */
export const tempoText = ({ bpm, numerator, denominator }: TakeTempoMap[number]): string =>
  `${Number(bpm.toFixed(2))} · ${numerator}/${denominator}`;
