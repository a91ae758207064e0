import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tempoMapFromBeats } from './beatGrid.ts';
import { secondsToBeats } from './tempoMap.ts';

const grid = (start: number, period: number, count: number) =>
  Array.from({ length: count }, (_, i) => start + i * period);
const everyFourth = (beats: readonly number[], from: number) =>
  beats.filter((_, i) => i >= from && (i - from) % 4 === 0);

test('a click gives one tempo, rounded where it is a whole number', () => {
  const beats = grid(0, 60 / 120.02, 60);
  const map = tempoMapFromBeats({ beats, downbeats: everyFourth(beats, 0), tempo: { bpm: 120 } });
  expect(map.points).toEqual([{ seconds: 0, beats: 0, bpm: 120 }]);
  expect(map.meters).toEqual([{ beats: 0, numerator: 4, denominator: 4 }]);
});

test('a tempo between whole numbers is kept', () => {
  const beats = grid(0, 60 / 97.5, 200);
  const map = tempoMapFromBeats({ beats, downbeats: [], tempo: null });
  expect(map.points[0].bpm).toBeCloseTo(97.5, 6);
});

test('a first beat after the start is reached by whole beats of about the tempo, bars begin on downbeats', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.021, max: 3, noNaN: true }),
      fc.integer({ min: 60, max: 180 }),
      fc.integer({ min: 2, max: 7 }),
      fc.nat(6),
      (start, bpm, numerator, phase) => {
        const beats = grid(start, 60 / bpm, 64);
        const downbeats = beats.filter((_, i) => i % numerator === phase % numerator);
        const map = tempoMapFromBeats({ beats, downbeats, tempo: { bpm } });
        expect(map.points[0]).toMatchObject({ seconds: 0, beats: 0 });
        expect(map.points.length).toBeLessThanOrEqual(2);
        expect(map.points.at(-1)!.bpm).toBeCloseTo(bpm, 6);
        for (const { bpm: one } of map.points) {
          expect(one / bpm).toBeGreaterThan(0.66);
          expect(one / bpm).toBeLessThan(1.34);
        }
        // Beats after the lead-in are whole beats, and downbeats start bars; a grid may move by 20 ms to the start.
        const tolerance = (0.0201 * bpm) / 60;
        for (const seconds of beats.slice(2)) {
          const beat = secondsToBeats(map, seconds);
          expect(Math.abs(beat - Math.round(beat))).toBeLessThan(tolerance);
        }
        const bars = map.meters.at(-1)!;
        expect(bars.numerator).toBe(numerator);
        for (const seconds of downbeats.slice(2)) {
          const bar = (secondsToBeats(map, seconds) - bars.beats) / numerator;
          expect(Math.abs(bar - Math.round(bar))).toBeLessThan(tolerance);
        }
      },
    ),
  );
});

test('a first beat that is at the start but for the tracker starts the grid there', () => {
  const map = tempoMapFromBeats({ beats: grid(0.012, 0.5, 50), downbeats: [], tempo: null });
  expect(map.points).toEqual([{ seconds: 0, beats: 0, bpm: 120 }]);
});

test('the jitter of a beat tracker does not make tempo changes', () => {
  const beats = grid(0.4, 0.5, 100).map((seconds, i) => seconds + 0.012 * Math.sin(i * 2.4));
  const map = tempoMapFromBeats({ beats, downbeats: [], tempo: null });
  expect(map.points).toHaveLength(2);
  expect(map.points[1]!.bpm).toBe(120);
});

test('a band that speeds up gets a tempo for every beat, missed beats included', () => {
  const beats = Array.from({ length: 80 }, (_, i) => 0.6 * i - 0.001 * i * i);
  const heard = beats.filter((_, i) => i !== 20);
  const map = tempoMapFromBeats({ beats: heard, downbeats: [], tempo: null });
  expect(map.points.length).toBeGreaterThan(70);
  for (const [i, seconds] of beats.entries()) {
    expect(secondsToBeats(map, seconds)).toBeCloseTo(i, i === 20 ? 1 : 6);
  }
});

test('without beats the given tempo counts, or 120', () => {
  expect(tempoMapFromBeats({ beats: [], downbeats: [], tempo: { bpm: 87 } }).points[0].bpm).toBe(87);
  expect(tempoMapFromBeats({ beats: [1.5], downbeats: [1.5], tempo: null }).points[0].bpm).toBe(120);
});

test('beats that jump about do not become tempo changes', () => {
  const beats = grid(0, 0.63, 60).map((seconds, i) => seconds + (i % 8 > 4 ? 0.2 : 0));
  const map = tempoMapFromBeats({ beats, downbeats: [], tempo: { bpm: 95 } });
  expect(map.points).toEqual([{ seconds: 0, beats: 0, bpm: 95 }]);
});
