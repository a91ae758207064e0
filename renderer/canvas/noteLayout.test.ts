import { describe, expect, it } from 'vitest';
import { noteAt, pitchName, pitchRange, quantised } from './noteLayout.ts';

const note = (id: string, onset: number, offset: number, pitch: number) => ({
  id,
  stem: 'bass',
  onset,
  offset,
  pitch,
  velocity: 80,
  confidence: 1,
});

describe('the piano roll', () => {
  it('has room around its notes, and never less than two octaves', () => {
    expect(pitchRange([])).toEqual({ lowest: 48, highest: 72 });
    const one = pitchRange([{ pitch: 60 }]);
    expect(one.highest - one.lowest).toBeGreaterThanOrEqual(24);
    expect(pitchRange([{ pitch: 30 }, { pitch: 90 }])).toEqual({ lowest: 27, highest: 93 });
    expect(pitchRange([{ pitch: 0 }, { pitch: 127 }])).toEqual({ lowest: 0, highest: 127 });
  });

  it('finds the note under the pointer, the later one on top', () => {
    const notes = [note('a', 0, 2, 60), note('b', 1, 3, 60), note('c', 1, 3, 61)];
    expect(noteAt(notes, 0.5, 60)?.id).toBe('a');
    expect(noteAt(notes, 1.5, 60)?.id).toBe('b');
    expect(noteAt(notes, 0.5, 61)).toBeNull();
  });

  it('names pitches', () => expect([60, 61, 21].map(pitchName)).toEqual(['C4', 'C♯4', 'A0']));

  it('brings onsets to the beats of the song and keeps lengths', () => {
    const [moved] = quantised([note('a', 1.13, 1.5, 60)], [0, 1, 2, 3], 4);
    expect(moved?.onset).toBeCloseTo(1.25);
    expect(moved?.offset).toBeCloseTo(1.62);
    // A song without a pulse has no grid.
    expect(quantised([note('a', 1.13, 1.5, 60)], [], 4)[0]?.onset).toBe(1.13);
  });
});
