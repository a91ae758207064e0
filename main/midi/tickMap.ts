import type { Seconds } from '../contracts/units.ts';
import { entryAt, type TempoMap } from './tempoMap.ts';

/** One tempo event of a file. */
export interface TickPoint {
  readonly tick: number;
  /** Exactly as a reader of the file computes it. */
  readonly seconds: Seconds;
  /** Of a quarter note; a whole number of at most 24 bits in the file. */
  readonly microseconds: number;
}

const slowest = 0xff_ff_ff;

/**
 * The tempo map as a Standard MIDI File can say it: points on ticks, tempos in whole microseconds. Each tempo
 * is rounded so that the next point comes where it should, so the rounding never adds up. Times of notes are
 * converted through this map and are right to half a tick, whatever the tempos.
 */
export function tickPoints(map: TempoMap, ppq: number): TickPoint[] {
  const points: TickPoint[] = [];
  for (const [i, point] of map.points.entries()) {
    const tick = Math.round(point.beats * ppq);
    const next = map.points[i + 1];
    const nextTick = next === undefined ? undefined : Math.round(next.beats * ppq);
    // Two points on one tick: the later one counts.
    if (nextTick === tick) continue;
    const seconds = points.length === 0 ? 0 : tickToSeconds(points, ppq, tick);
    const quarter =
      next === undefined || nextTick === undefined
        ? 60 / point.bpm
        : ((next.seconds - seconds) * ppq) / (nextTick - tick);
    const microseconds = Math.min(slowest, Math.max(1, Math.round(quarter * 1e6)));
    if (points.at(-1)?.microseconds !== microseconds) points.push({ tick, seconds, microseconds });
  }
  return points;
}

export function tickToSeconds(points: readonly TickPoint[], ppq: number, tick: number): Seconds {
  const point = entryAt(points, 'tick', tick);
  return point.seconds + ((tick - point.tick) * point.microseconds) / ppq / 1e6;
}

/** The nearest tick. */
export function secondsToTick(points: readonly TickPoint[], ppq: number, seconds: Seconds): number {
  const point = entryAt(points, 'seconds', seconds);
  return point.tick + Math.round(((seconds - point.seconds) * 1e6 * ppq) / point.microseconds);
}
