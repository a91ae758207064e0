import type { Seconds } from '../contracts/units.ts';
import { constantTempo, type Meter, type TempoMap, type TempoPoint } from './tempoMap.ts';

/** Beats that stay within this of an even grid are played to a click; trackers jitter by about a frame. */
const steadyTolerance: Seconds = 0.03;
/** What is taken when nothing with a pulse was heard. */
const defaultBpm = 120;

export interface TrackedBeats {
  /** Ascending, in seconds. */
  readonly beats: readonly Seconds[];
  /** Those that start a bar. */
  readonly downbeats: readonly Seconds[];
  readonly tempo: { readonly bpm: number } | null;
}

interface Beat {
  readonly seconds: Seconds;
  /** Counted from the first tracked beat; a beat that the tracker missed leaves a number out. */
  readonly index: number;
}

/**
 * A tempo map through tracked beats: one tempo when they lie on an even grid, else a tempo for every beat; the
 * usual tempo from the start on when their lengths jump about.
 * The time before the first beat becomes whole beats of about the same tempo, and bars are counted so that
 * the downbeats start bars: a session that imports the file has the audio's grid with the audio at its start.
 */
export function tempoMapFromBeats(tracked: TrackedBeats): TempoMap {
  const beats = numbered(tracked.beats);
  if (beats.length < 2) return constantTempo(tracked.tempo?.bpm ?? defaultBpm);
  const even = evenGrid(beats);
  if (even === undefined && !isCredible(beats)) {
    return constantTempo(tracked.tempo?.bpm ?? 60 / medianGap(tracked.beats));
  }
  const anchors = even?.anchors ?? beats;
  const period = even?.period ?? medianGap(tracked.beats);
  const { lead, first, shift } = leadIn(anchors, period);
  const placed = anchors.slice(first).map(({ seconds, index }) => ({ seconds, beats: index + shift }));
  const all = [...lead, ...placed];
  const points = all.map((point, i): TempoPoint => {
    const next = all[i + 1];
    const gap = next === undefined ? period : (next.seconds - point.seconds) / (next.beats - point.beats);
    return { ...point, bpm: 60 / gap };
  });
  return { points: points as [TempoPoint], meters: metersFrom(tracked.downbeats, beats, shift) };
}

/** Players drift; beats whose lengths jump, more than one in twenty, are a tracker that lost its way. */
function isCredible(beats: readonly Beat[]): boolean {
  const lengths = beats
    .slice(1)
    .map((beat, i) => (beat.seconds - beats[i]!.seconds) / (beat.index - beats[i]!.index));
  const jumps = lengths.slice(1).filter((length, i) => Math.abs(Math.log(length / lengths[i]!)) > jump);
  return jumps.length <= lengths.length / 20;
}

/** Natural logarithm of the ratio of neighbouring beats that no player plays: 15 %. */
const jump = 0.14;

function medianGap(seconds: readonly Seconds[]): Seconds {
  const gaps = seconds.slice(1).map((later, i) => later - seconds[i]!);
  return gaps.sort((a, b) => a - b)[gaps.length >> 1]!;
}

/** Numbers the beats by their distance in usual beats; one that comes much too early is dropped. */
function numbered(seconds: readonly Seconds[]): Beat[] {
  if (seconds.length < 2) return seconds.map((at) => ({ seconds: at, index: 0 }));
  const usual = medianGap(seconds);
  const beats: Beat[] = [{ seconds: seconds[0]!, index: 0 }];
  for (const at of seconds.slice(1)) {
    const last = beats.at(-1)!;
    const steps = Math.round((at - last.seconds) / usual);
    if (steps > 0) beats.push({ seconds: at, index: last.index + steps });
  }
  return beats;
}

/**
 * The least-squares even grid when nearly all beats lie on it, at a whole number of beats a minute where that
 * fits as well; its first two beats at or after the start of the audio.
 */
function evenGrid(beats: readonly Beat[]): { anchors: Beat[]; period: Seconds } | undefined {
  const mean = (value: (beat: Beat) => number) =>
    beats.reduce((sum, beat) => sum + value(beat), 0) / beats.length;
  const middle = mean((beat) => beat.index);
  const centre = mean((beat) => beat.seconds);
  const fitted =
    mean((beat) => (beat.index - middle) * (beat.seconds - centre)) /
    mean((beat) => (beat.index - middle) ** 2);
  const whole = 60 / Math.round(60 / fitted);
  const period = [whole, fitted].find((candidate) => {
    const errors = beats
      .map(({ seconds, index }) => Math.abs(seconds - centre - (index - middle) * candidate))
      .sort((a, b) => a - b);
    const usual = errors[Math.floor(0.95 * (errors.length - 1))]!;
    return usual <= steadyTolerance && errors.at(-1)! <= candidate / 4;
  });
  if (period === undefined) return undefined;
  const zero = centre - middle * period;
  const first = Math.ceil(-(zero + atStart) / period);
  const anchors = [first, first + 1].map((index) => ({ index, seconds: zero + index * period }));
  // A grid that begins at the start needs no second point: one tempo says it all.
  if (anchors[0]!.seconds <= atStart) return { anchors: [{ index: first, seconds: 0 }], period };
  return { anchors, period };
}

/** A beat this close to the start of the audio is at the start: nearer than a tracker can tell. */
const atStart: Seconds = 0.02;

/**
 * What goes before the first beat: nothing when it is at the start, else beats from second 0 to the first or
 * the second anchor, whichever allows a tempo nearer to the usual one.
 * @returns points before anchor `first`, and what to add to beat indices
 */
function leadIn(anchors: readonly Beat[], period: Seconds) {
  const start = anchors[0]!;
  if (start.seconds <= atStart) {
    return { lead: [{ seconds: 0, beats: 0 }], first: 1, shift: -start.index };
  }
  const choices = anchors.slice(0, 2).map((anchor, first) => {
    const count = Math.max(1, Math.round(anchor.seconds / period));
    return {
      first,
      shift: count - anchor.index,
      stretch: Math.abs(Math.log(anchor.seconds / (count * period))),
    };
  });
  const { first, shift } = choices.reduce((best, one) => (one.stretch < best.stretch ? one : best));
  return { lead: [{ seconds: 0, beats: 0 }], first, shift };
}

/** Bars of the usual number of beats, after a shorter first one where the downbeats ask for it. */
function metersFrom(
  downbeats: readonly Seconds[],
  beats: readonly Beat[],
  shift: number,
): readonly [Meter, ...Meter[]] {
  const half = medianGap(beats.map((beat) => beat.seconds)) / 2;
  const starts = downbeats.flatMap((at) => {
    const beat = beats.find(({ seconds }) => Math.abs(seconds - at) < half);
    return beat === undefined ? [] : [beat.index + shift];
  });
  const numerator = mostCommon(starts.slice(1).map((start, i) => start - starts[i]!)) ?? 4;
  const phase = mostCommon(starts.map((start) => ((start % numerator) + numerator) % numerator)) ?? 0;
  const usual = { beats: phase, numerator, denominator: 4 };
  return phase === 0 ? [usual] : [{ beats: 0, numerator: phase, denominator: 4 }, usual];
}

function mostCommon(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a - b)[0]?.[0];
}
