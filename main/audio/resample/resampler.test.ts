import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler, resampledLength } from './resampler.ts';

function convert(planes: Float32Array[], from: number, to: number, cuts: number[] = []): Float32Array[] {
  const resampler = new Resampler(from, to, planes.length);
  const parts: Float32Array[][] = [];
  let done = 0;
  for (const cut of [...cuts, Infinity]) {
    parts.push(resampler.process(planes.map((plane) => plane.subarray(done, done + cut))));
    done += cut;
  }
  parts.push(resampler.finish());
  return planes.map((_, channel) => Float32Array.from(parts.flatMap((part) => [...part[channel]!])));
}

/** A sine under a Gaussian that is below -150 dB at the ends, so that its spectrum has no skirts. */
function tone(frequency: number, rate: number, seconds: number, phase = 0): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, n) => {
    const deviations = (n / rate / seconds - 0.5) * 12;
    return Math.exp(-(deviations ** 2) / 2) * Math.sin((2 * Math.PI * frequency * n) / rate + phase);
  });
}

const inDecibels = (amplitude: number) => 20 * Math.log10(amplitude);
const peak = (samples: Float32Array) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
const anyRate = fc.oneof(fc.constantFrom(...rates), fc.integer({ min: 8000, max: 192_000 }));

describe('Resampler', () => {
  it('keeps any tone of the pass band, aligned, with errors below -110 dB', () => {
    fc.assert(
      fc.property(anyRate, anyRate, fc.double({ min: 0.002, max: 0.935, noNaN: true }), (from, to, part) => {
        const frequency = (part * Math.min(from, to)) / 2;
        const seconds = 0.1 + 1600 / Math.min(from, to);
        const [out] = convert([tone(frequency, from, seconds)], from, to);
        // The input's length in whole samples decides, not the seconds asked for.
        const expected = tone(frequency, to, seconds).subarray(0, out!.length);
        const error = out!.map((value, n) => value - (expected[n] ?? 0));
        expect(inDecibels(peak(error))).toBeLessThan(-110);
      }),
      { numRuns: 40 },
    );
  });

  it('lets nothing through from beyond the stop band', () => {
    for (const [from, to] of [
      [48_000, 44_100],
      [96_000, 44_100],
      [192_000, 8000],
      [44_100, 22_050],
    ] as const) {
      for (const part of [1.02, (1 + from / to) / 2, from / to - 0.03]) {
        const [out] = convert([tone((part * to) / 2, from, 0.5)], from, to);
        expect(inDecibels(peak(out!))).toBeLessThan(-110);
      }
    }
  });

  it('gives exactly the right number of frames, however the input is cut, with the same bits', () => {
    fc.assert(
      fc.property(
        anyRate,
        anyRate,
        fc.nat(5000),
        fc.array(fc.nat(2000), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        (from, to, frames, cuts, channels) => {
          const planes = Array.from({ length: channels }, (_, channel) =>
            Float32Array.from({ length: frames }, (__, n) => Math.sin(n * 0.3 + channel)),
          );
          const cut = convert(planes, from, to, cuts);
          const whole = convert(planes, from, to);
          for (const [channel, plane] of cut.entries()) {
            expect(plane.length).toBe(resampledLength(frames, from, to));
            expect(Buffer.from(plane.buffer).equals(Buffer.from(whole[channel]!.buffer))).toBe(true);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('passes equal rates bit by bit and holds DC', () => {
    const planes = [Float32Array.of(0.1, NaN, 3e38)];
    expect(convert(planes, 48_000, 48_000)).toEqual(planes);
    const [out] = convert([new Float32Array(20_000).fill(1)], 44_100, 48_000);
    expect(peak(out!.subarray(2000, -2000).map((value) => value - 1))).toBeLessThan(1e-6);
  });

  it('comes back after a round trip, aligned', () => {
    const source = [tone(1000, 48_000, 1), tone(15_000, 48_000, 1, 1)];
    const back = convert(convert(source, 48_000, 44_100), 44_100, 48_000);
    for (const [channel, plane] of back.entries()) {
      expect(plane.length).toBe(48_000);
      const error = plane.map((value, n) => value - source[channel]![n]!);
      expect(inDecibels(peak(error))).toBeLessThan(-110);
    }
  });

  it('refuses rates that are none', () => {
    expect(() => new Resampler(0, 48_000, 2)).toThrow('Cannot resample 2 channels from 0 to 48000 Hz.');
  });
});
