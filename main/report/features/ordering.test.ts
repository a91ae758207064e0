import { describe, expect, it } from 'vitest';
import { standardised, standardisedTogether } from './ordering.ts';

const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));

describe('standardised', () => {
  it('gives every column a mean of 0 and a deviation of 1, and constant ones 0', () => {
    expect(standardised(rows([1, 5], [3, 5])).map((row) => [...row])).toEqual([
      [-1, 0],
      [1, 0],
    ]);
  });
});

describe('standardisedTogether', () => {
  it('keeps what a single row is like, and how little two rows differ', () => {
    expect([...standardisedTogether(rows([1, 3]))[0]!]).toEqual([-1, 1]);
    const [first, second] = standardisedTogether(rows([1, 3], [1.01, 3]));
    expect(second![0]! - first![0]!).toBeCloseTo(0.01, 3);
  });

  it('of one value throughout is 0', () => {
    expect([...standardisedTogether(rows([2, 2]))[0]!]).toEqual([0, 0]);
    expect(standardisedTogether([])).toEqual([]);
  });
});
