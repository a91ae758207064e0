import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripRanges, type EqBand } from '../../contracts/mixPlan.ts';
import { magnitude } from './biquad.ts';
import { analogueMagnitude, designEqBand, designHighPass } from './filterDesign.ts';

const rates = [44100, 48000, 88200, 96000, 176400, 192000];
const db = (value: number) => 20 * Math.log10(value);
const audible = Array.from({ length: 130 }, (_, k) => 20 * 10 ** ((3 * k) / 129));

function worstError(band: EqBand, sampleRate: number): number {
  const section = designEqBand(band, sampleRate);
  return Math.max(
    ...audible.map((hz) =>
      Math.abs(db(magnitude(section, (2 * Math.PI * hz) / sampleRate) / analogueMagnitude(band, hz))),
    ),
  );
}

const bands = fc.record({
  type: fc.constantFrom('low-shelf', 'bell', 'high-shelf'),
  frequencyHz: fc.double({ min: 20, max: 20000, noNaN: true }),
  gainDb: fc.double({ min: -18, max: 18, noNaN: true }),
  q: fc.double({ min: 0.1, max: 10, noNaN: true }),
}) satisfies fc.Arbitrary<EqBand>;

describe('designEqBand', () => {
  it('follows the analogue response within half a decibel up to 20 kHz for usual settings at every rate', () => {
    for (const sampleRate of rates) {
      for (const type of ['low-shelf', 'bell', 'high-shelf'] as const) {
        for (const frequencyHz of [50, 300, 2000, 8000]) {
          for (const gainDb of [-6, -1, 3, 6]) {
            for (const q of [0.7, 1]) {
              expect(worstError({ type, frequencyHz, gainDb, q }, sampleRate)).toBeLessThan(0.5);
            }
          }
        }
      }
    }
  });

  it('stays within 4 dB of the analogue response at the ends of the ranges', () => {
    for (const q of stripRanges.eqQ) {
      for (const gainDb of stripRanges.eqGainDb) {
        for (const type of ['low-shelf', 'bell', 'high-shelf'] as const) {
          expect(worstError({ type, frequencyHz: 20000, gainDb, q }, 44100)).toBeLessThan(4);
        }
      }
    }
  });

  it('is stable and minimum phase everywhere in the ranges, from 8 kHz to 384 kHz', () => {
    fc.assert(
      fc.property(bands, fc.constantFrom(8000, 22050, ...rates, 384000), (band, sampleRate) => {
        const { b0, b1, b2, a1, a2 } = designEqBand(band, sampleRate);
        expect(Math.abs(a2)).toBeLessThan(1);
        expect(Math.abs(a1)).toBeLessThan(1 + a2);
        expect(Math.abs(b2 / b0)).toBeLessThan(1);
        expect(Math.abs(b1 / b0)).toBeLessThan(1 + b2 / b0);
      }),
      { numRuns: 2000 },
    );
  });

  it('makes a cut the exact inverse of the boost', () => {
    const boost = designEqBand({ type: 'bell', frequencyHz: 3000, gainDb: 9, q: 2 }, 48000);
    const cut = designEqBand({ type: 'bell', frequencyHz: 3000, gainDb: -9, q: 2 }, 48000);
    for (const omega of [0.01, 0.4, 1, 2.5, 3.1]) {
      expect(magnitude(boost, omega) * magnitude(cut, omega)).toBeCloseTo(1, 12);
    }
  });
});

describe('designHighPass', () => {
  it('is 3.01 dB down at its corner, 12 dB per octave below, nothing at 0 Hz', () => {
    for (const sampleRate of rates) {
      const at = (hz: number) => magnitude(designHighPass(100, sampleRate), (2 * Math.PI * hz) / sampleRate);
      expect(db(at(100))).toBeCloseTo(-3.0103, 4);
      expect(db(at(25)) - db(at(12.5))).toBeCloseTo(12.04, 1);
      expect(at(10000)).toBeCloseTo(1, 4);
      expect(at(0)).toBe(0);
    }
  });
});
