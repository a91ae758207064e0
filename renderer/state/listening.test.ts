import { describe, expect, it, vi } from 'vitest';

vi.mock('../audio/player.ts', () => ({ player: { mixer: null } }));
vi.mock('../audio/mixer.ts', () => ({ monitors: ['original', 'lanes', 'mix'] }));
const { gainsOf, lowestGainDb, matchGains } = await import('./listening.ts');

const strip = { gainDb: 0, pan: 0, muted: false, solo: false };

describe('what is heard of the lanes', () => {
  it('is every lane at its fader', () => {
    const [full, half, off] = gainsOf([
      strip,
      { ...strip, gainDb: -6.0206 },
      { ...strip, gainDb: lowestGainDb },
    ]);
    expect(full).toBe(1);
    expect(half).toBeCloseTo(0.5, 4);
    expect(off).toBe(0);
  });

  it('leaves out what is muted, and everything else while something is solo', () => {
    const muted = { ...strip, muted: true };
    expect(gainsOf([strip, muted])).toEqual([1, 0]);
    expect(gainsOf([strip, muted, { ...strip, solo: true }])).toEqual([0, 0, 1]);
    // Solo is the stronger word: a lane that is muted and solo is heard.
    expect(gainsOf([strip, { ...muted, solo: true }])).toEqual([0, 1]);
  });
});

describe('an A/B at equal loudness', () => {
  it('turns the louder one down', () => {
    const louder = matchGains(-20, -14, 1);
    expect(louder.original).toBe(1);
    expect(louder.mix).toBeCloseTo(0.501, 3);
    const quieter = matchGains(-14, -20, 0.5);
    expect(quieter.mix).toBe(1);
    expect(quieter.original).toBeCloseTo(0.708, 3);
    expect(quieter.lanes).toBe(quieter.original);
  });

  it('changes nothing where the loudness is unknown', () => {
    expect(matchGains(null, -14, 1)).toEqual({ original: 1, lanes: 1, mix: 1 });
  });
});
