import { describe, expect, it } from 'vitest';
import { pitchName, pitchRange } from './noteLayout.ts';

describe('the piano roll', () => {
  it('has room around its notes, and never less than two octaves', () => {
    expect(pitchRange([])).toEqual({ lowest: 48, highest: 72 });
    const one = pitchRange([{ pitch: 60 }]);
    expect(one.highest - one.lowest).toBeGreaterThanOrEqual(24);
    expect(pitchRange([{ pitch: 30 }, { pitch: 90 }])).toEqual({ lowest: 27, highest: 93 });
    expect(pitchRange([{ pitch: 0 }, { pitch: 127 }])).toEqual({ lowest: 0, highest: 127 });
  });

  it('names pitches', () => expect([60, 61, 21].map(pitchName)).toEqual(['C4', 'C♯4', 'A0']));
});
