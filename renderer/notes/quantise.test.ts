import { describe, expect, it } from 'vitest';
import { quantised, snapped, straightSixteenths } from './quantise.ts';

const beats = [0, 0.5, 1, 1.5, 2];
const note = (onset: number) => ({
  id: 'n0',
  stem: 'bass',
  onset,
  offset: onset + 0.2,
  pitch: 40,
  velocity: 80,
  confidence: 1,
});

describe('quantising', () => {
  it('brings onsets to the grid and keeps lengths', () => {
    const [moved] = quantised([note(0.135)], beats, straightSixteenths);
    expect(moved?.onset).toBeCloseTo(0.125);
    expect(moved?.offset).toBeCloseTo(0.325);
    expect(quantised([note(0.125)], beats, straightSixteenths)).toEqual([]);
  });

  it('goes part of the way', () => {
    const [moved] = quantised([note(0.145)], beats, { ...straightSixteenths, strength: 0.5 });
    expect(moved?.onset).toBeCloseTo(0.135);
  });

  it('knows triplets: three eighths in the time of two', () => {
    const eighthTriplets = { ...straightSixteenths, division: 2, triplets: true } as const;
    expect(snapped(0.18, beats, eighthTriplets)).toBeCloseTo(0.5 / 3);
    expect(snapped(0.32, beats, eighthTriplets)).toBeCloseTo(1 / 3);
  });

  it('swings every second step: all the way it is the triplet feel', () => {
    const swung = { ...straightSixteenths, division: 2, swing: 1 } as const;
    expect(snapped(0.26, beats, swung)).toBeCloseTo(1 / 3);
    expect(snapped(0.52, beats, swung)).toBeCloseTo(0.5);
    expect(snapped(0.26, beats, { ...swung, swing: 0 })).toBeCloseTo(0.25);
  });

  it('follows a tempo that drifts, and goes on evenly beyond the beats', () => {
    expect(snapped(1.24, [0, 1, 1.5], { ...straightSixteenths, division: 2 })).toBeCloseTo(1.25);
    expect(snapped(3.1, beats, { ...straightSixteenths, division: 1 })).toBeCloseTo(3);
    // A song without a pulse has no grid.
    expect(snapped(1.13, [], straightSixteenths)).toBe(1.13);
  });
});
