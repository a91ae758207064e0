import { expect, it } from 'vitest';
import { GrowingPeaks } from './growingPeaks.ts';

const bins = (count: number, first = 0) =>
  Int8Array.from({ length: 3 * count }, (_, at) => {
    const bin = first + Math.floor(at / 3);
    return at % 3 === 0 ? -(bin % 100) : at % 3 === 1 ? bin % 50 : 4;
  });

it('keeps coarser levels as it grows', () => {
  const peaks = new GrowingPeaks();
  peaks.append(0, bins(1000));
  expect(peaks.levelFor(100)).toMatchObject({ framesPerBin: 1024, bins: 1000 });
  const coarse = peaks.levelFor(5000);
  expect(coarse).toMatchObject({ framesPerBin: 4096, bins: 250 });
  expect([...coarse.values.subarray(0, 6)]).toEqual([-3, 3, 4, -7, 7, 4]);
  expect(peaks.levelFor(1e9).bins).toBe(0);
});

it('is told the same twice, and not told of what it could not place', () => {
  const peaks = new GrowingPeaks();
  peaks.append(0, bins(10));
  peaks.append(5, bins(10, 5));
  expect(peaks.levelFor(1).bins).toBe(15);
  expect([...peaks.levelFor(1).values.subarray(42, 45)]).toEqual([-14, 14, 4]);
  peaks.append(20, bins(3));
  expect(peaks.levelFor(1).bins).toBe(15);
});
