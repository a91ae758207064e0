import { describe, expect, it } from 'vitest';
import { stripSettings, type StripSettings } from '../../contracts/mixPlan.ts';
import { neutralStrip } from './neutral.ts';
import { withStrength } from './strength.ts';

const suggested: StripSettings = {
  ...neutralStrip(),
  highPass: { enabled: true, frequencyHz: 80 },
  eq: neutralStrip().eq.map((band, index) => (index === 2 ? { ...band, gainDb: -4 } : band)),
  compressor: { ...neutralStrip().compressor, enabled: true, thresholdDb: -20, ratio: 3, makeupDb: 2 },
  gainDb: -6,
  pan: 0.5,
  sendDb: -12,
};

describe('the strength of a suggestion', () => {
  it('is nothing at 0 and the suggestion itself at 1', () => {
    expect(withStrength(suggested, 0)).toEqual(neutralStrip());
    expect(withStrength(suggested, 1)).toBe(suggested);
  });

  it('scales every move', () => {
    const half = withStrength(suggested, 0.5);
    expect(half).toMatchObject({ gainDb: -3, pan: 0.25, compressor: { ratio: 2, makeupDb: 1 } });
    expect(half.highPass.frequencyHz).toBeCloseTo(40);
    expect(half.eq[2]?.gainDb).toBe(-2);
    expect(half.sendDb).toBeCloseTo(-18.02, 2);
  });

  it('stays within the ranges of the strip', () => {
    const wild = { ...suggested, gainDb: -60, pan: 1, sendDb: 6 };
    for (const strength of [0.001, 0.3, 1.5]) {
      expect(stripSettings.safeParse(withStrength(wild, strength)).success).toBe(true);
    }
  });
});
