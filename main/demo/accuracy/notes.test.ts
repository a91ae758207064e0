import { describe, expect, it } from 'vitest';
import { beatAccuracy, noteAccuracy } from './notes.ts';

const at = (onset: number, pitch: number) => ({
  onset,
  offset: onset + 0.2,
  pitch,
  velocity: 90,
  confidence: 1,
});

describe('noteAccuracy', () => {
  it('is 1 for the truth itself and 0 for another key', () => {
    const truth = [at(0, 60), at(0.5, 62), at(1, 64)];
    expect(noteAccuracy(truth, truth).f1).toBe(1);
    expect(
      noteAccuracy(
        truth.map((one) => at(one.onset, one.pitch + 1)),
        truth,
      ).f1,
    ).toBe(0);
  });

  it('counts a note once, however often it was found', () => {
    const score = noteAccuracy([at(0, 60), at(0.01, 60), at(0.02, 60)], [at(0, 60)]);
    expect(score.precision).toBeCloseTo(1 / 3);
    expect(score.recall).toBe(1);
  });

  it('finds the pairing with the most matches, not the nearest first', () => {
    // The first found note could take either true one; it has to leave the second to the other.
    const score = noteAccuracy([at(0.04, 60), at(0.1, 60)], [at(0, 60), at(0.08, 60)]);
    expect(score.f1).toBe(1);
  });

  it('allows 50 ms for a note and 70 ms for a beat', () => {
    expect(noteAccuracy([at(1.06, 60)], [at(1, 60)]).f1).toBe(0);
    expect(beatAccuracy([1.06], [1]).f1).toBe(1);
    expect(beatAccuracy([1.08], [1]).f1).toBe(0);
  });
});
