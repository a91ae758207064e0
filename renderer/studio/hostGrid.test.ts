import { describe, expect, it } from 'vitest';
import { barLines, beatLines } from './hostGrid.ts';

const rate = 48_000;
const point = (seconds: number, bpm: number, numerator: number, denominator = 4, place = {}) => ({
  sample: seconds * rate,
  bpm,
  numerator,
  denominator,
  ...place,
});

describe("the host's bars", () => {
  it('are none where the host never said', () => {
    expect(barLines([], rate, 0, 100, 50)).toEqual([]);
    expect(beatLines([], rate, 0, 100)).toEqual([]);
  });

  it('are counted as the host counts, also before the first take', () => {
    const tempo = [point(6, 120, 4, 4, { bar: 3, beat: 3 })];
    // Bar 3 began at 5 s; a bar is 2 s.
    expect(barLines(tempo, rate, 0, 8, 50)).toEqual([
      { seconds: 1, bar: 1 },
      { seconds: 3, bar: 2 },
      { seconds: 5, bar: 3 },
      { seconds: 7, bar: 4 },
    ]);
    expect(beatLines(tempo, rate, 4.9, 6.1)).toEqual([5, 5.5, 6]);
  });

  it('go on through a change of tempo and meter that names no bar', () => {
    const tempo = [point(0, 120, 4), point(4, 60, 6, 8)];
    // Quarters at 60 are 1 s, so eighths 0.5 s: a bar of six is 3 s.
    expect(barLines(tempo, rate, 0, 11, 50)).toEqual([
      { seconds: 0, bar: 1 },
      { seconds: 2, bar: 2 },
      { seconds: 4, bar: 3 },
      { seconds: 7, bar: 4 },
      { seconds: 10, bar: 5 },
    ]);
  });

  it('are thinned where there is no room', () => {
    const lines = barLines([point(0, 120, 4)], rate, 0, 200, 30);
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(lines.slice(0, 2)).toEqual([
      { seconds: 0, bar: 1 },
      { seconds: 8, bar: 5 },
    ]);
  });
});
