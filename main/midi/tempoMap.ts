import { SoniError } from '../contracts/errors.ts';
import type { Beats, Seconds } from '../contracts/units.ts';

/** From here on the music goes at this tempo. */
export interface TempoPoint {
  readonly seconds: Seconds;
  readonly beats: Beats;
  /** Quarter notes per minute. */
  readonly bpm: number;
}

/** From this beat on, bars of `numerator` notes of the kind 1/`denominator`; a bar starts here. */
export interface Meter {
  readonly beats: Beats;
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Where beats (quarter notes) are in time. Beat 0 is at second 0, where the audio starts; points and meters
 * are ascending and begin there; the last tempo goes on for ever.
 */
export interface TempoMap {
  readonly points: readonly [TempoPoint, ...TempoPoint[]];
  readonly meters: readonly [Meter, ...Meter[]];
}

/** One tempo throughout, bars of four quarters. */
export function constantTempo(bpm: number): TempoMap {
  if (!(bpm > 0) || !Number.isFinite(bpm)) {
    throw new SoniError('bad-usage', `A tempo of ${bpm} bpm is not possible; give a number above 0.`);
  }
  return {
    points: [{ seconds: 0, beats: 0, bpm }],
    meters: [{ beats: 0, numerator: 4, denominator: 4 }],
  };
}

/** The last entry whose `key` is not after `value`; entries are ascending. */
export function entryAt<Key extends string, Entry extends Readonly<Record<Key, number>>>(
  entries: readonly Entry[],
  key: Key,
  value: number,
): Entry {
  let low = 0;
  let high = entries.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (entries[middle]![key] <= value) low = middle;
    else high = middle;
  }
  return entries[low]!;
}

export function secondsToBeats(map: TempoMap, seconds: Seconds): Beats {
  const point = entryAt(map.points, 'seconds', seconds);
  return point.beats + ((seconds - point.seconds) * point.bpm) / 60;
}
