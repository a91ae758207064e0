import { describe, expect, it } from 'vitest';
import { bandCentres } from './bands.ts';
import { heardDb, kWeight } from './heardLoudness.ts';

const inDb = (hz: number) => 10 * Math.log10(kWeight(hz));

describe('loudness from bands', () => {
  it('is weighted as the standard says', () => {
    // The digital filters of BS.1770 at 48 kHz, from their coefficients.
    expect(inDb(1000)).toBeCloseTo(0.7, 1);
    expect(inDb(10_000)).toBeCloseTo(4.04, 1);
    expect(inDb(100)).toBeCloseTo(-1.13, 1);
    expect(inDb(20)).toBeCloseTo(-13.3, 1);
  });

  it('goes along with the level, and hears the lows less', () => {
    const only = (hz: number, db: number) => ({
      spectrum: Float64Array.from(bandCentres, (centre) => (Math.abs(centre / hz - 1) < 0.1 ? db : -120)),
    });
    expect(heardDb(only(1000, -20)) - heardDb(only(1000, -26))).toBeCloseTo(6, 6);
    expect(heardDb(only(50, -20))).toBeLessThan(heardDb(only(1000, -20)) - 3);
  });
});
