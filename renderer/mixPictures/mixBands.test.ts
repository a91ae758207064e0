import { describe, expect, it } from 'vitest';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { bandCentres, bandCount } from './bands.ts';
import { BandListener, windowFrames, type LaneBands } from './laneBands.ts';
import { bandGains, masking, mixBands } from './mixBands.ts';

const sampleRate = 44_100;
const sine = (hz: number, amplitude: number) =>
  Float32Array.from(
    { length: windowFrames },
    (_, n) => amplitude * Math.sin((2 * Math.PI * hz * n) / sampleRate),
  );

function lane(...moments: readonly (readonly [Float32Array, Float32Array])[]): LaneBands {
  const listener = new BandListener(sampleRate);
  for (const [left, right] of moments) listener.add(left, right);
  return listener.finish();
}

const bandOf = (hz: number) =>
  bandCentres.reduce(
    (best, centre, band) =>
      Math.abs(Math.log(centre / hz)) < Math.abs(Math.log(bandCentres[best]! / hz)) ? band : best,
    0,
  );
const neutral = bandGains(neutralStrip());

describe('a mix in bands', () => {
  it('has a sine in its band at its level, and nothing elsewhere', () => {
    const { spectrum, totalWidth } = mixBands([lane([sine(1000, 1), sine(1000, 1)])], [neutral]);
    // A full sine is 3 dB under full scale.
    expect(spectrum[bandOf(1000)]).toBeCloseTo(-3.01, 1);
    expect(spectrum[bandOf(200)]).toBeLessThan(-60);
    expect(totalWidth).toBeCloseTo(0, 5);
  });

  it('is as wide as its sides differ', () => {
    const oneSide = lane([sine(1000, 1), sine(1000, 0)]);
    const opposite = lane([sine(1000, 1), sine(1000, -1)]);
    expect(mixBands([oneSide], [neutral]).totalWidth).toBeCloseTo(0.5, 3);
    expect(mixBands([opposite], [neutral]).width[bandOf(1000)]).toBeCloseTo(1, 3);
  });

  it('follows gain, equaliser and pan of the strips', () => {
    const heard = lane([sine(1000, 0.5), sine(1000, 0.5)]);
    const strip = neutralStrip();
    const eq = strip.eq.map((band, at) => (at === 3 ? { ...band, frequencyHz: 1000, gainDb: -6 } : band));
    const before = mixBands([heard], [neutral]).spectrum[bandOf(1000)]!;
    const level = (settings: typeof strip) =>
      mixBands([heard], [bandGains(settings)]).spectrum[bandOf(1000)]!;
    expect(level({ ...strip, gainDb: 3 }) - before).toBeCloseTo(3, 5);
    expect(level({ ...strip, eq }) - before).toBeCloseTo(-6, 1);
    // Constant power: as loud at the side as in the centre.
    expect(level({ ...strip, pan: 1 }) - before).toBeCloseTo(0, 5);
    expect(mixBands([heard], [bandGains({ ...strip, pan: 1 })]).totalWidth).toBeCloseTo(0.5, 3);
  });
});

describe('masking', () => {
  const quiet = lane([sine(1000, 0.05), sine(1000, 0.05)], [sine(1000, 0.05), sine(1000, 0.05)]);
  const silence = sine(1000, 0);
  const loudAtFirst = lane([sine(1010, 0.5), sine(1010, 0.5)], [silence, silence]);

  it('is told where and for how long a louder lane covers a quieter one', () => {
    const [first] = masking([quiet, loudAtFirst], [neutral, neutral]);
    expect(first!.covered[bandOf(1000)]).toBeCloseTo(0.5, 5);
    expect(first!.relevance[bandOf(1000)]).toBeCloseTo(1, 6);
    expect(first!.total).toBeGreaterThan(0.4);
  });

  it('goes away when the louder one makes room', () => {
    const gains = [neutral, bandGains({ ...neutralStrip(), gainDb: -24 })];
    const [first, second] = masking([quiet, loudAtFirst], gains);
    expect(first!.covered[bandOf(1000)]).toBe(0);
    expect(second!.relevance).toHaveLength(bandCount);
  });

  it('is nothing in silence', () => {
    const silent = lane([silence, silence]);
    expect(masking([silent], [neutral])[0]!.total).toBe(0);
  });
});
