import { expect, it } from 'vitest';
import { hostTempo } from './hostTempo.ts';

const at = (sample: number, bpm: number, numerator = 4) => ({ sample, bpm, numerator, denominator: 4 });
const pass = (started: number, hostStart: number, frames: number, ...tempoMap: ReturnType<typeof at>[]) => ({
  started,
  hostStart,
  frames,
  tempoMap,
});

it('is empty where no host said anything', () => {
  expect(hostTempo([pass(1, 0, 100)])).toEqual([]);
});

it('takes what several tracks noted alike only once', () => {
  const alike = [pass(1, 0, 1000, at(0, 120), at(500, 90)), pass(2, 0, 1000, at(0, 120), at(500, 90))];
  expect(hostTempo(alike)).toEqual([at(0, 120), at(500, 90)]);
});

it('lets the latest pass count where it played, and what was there before go on behind it', () => {
  const early = pass(1, 0, 1000, at(0, 120), at(800, 60));
  const late = pass(2, 200, 200, at(200, 140, 3));
  expect(hostTempo([late, early])).toEqual([at(0, 120), at(200, 140, 3), at(400, 120), at(800, 60)]);
});
