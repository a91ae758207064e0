import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Reverb } from './reverb.ts';
import { testSignal } from './testSignal.ts';

const room = { decaySeconds: 1.5, preDelayMs: 20 };

function impulseResponse(sampleRate: number, seconds: number, settings = room) {
  const left = new Float64Array(Math.round(seconds * sampleRate));
  const right = left.slice();
  left[0] = 1;
  right[0] = 1;
  new Reverb(settings, sampleRate).process(left, right);
  return { left, right };
}

const energy = (signal: Float64Array) => signal.reduce((sum, x) => sum + x * x, 0);

describe('Reverb', () => {
  it('decays by 60 dB in the time asked for, at every rate', () => {
    for (const sampleRate of [44100, 96000]) {
      const { left } = impulseResponse(sampleRate, 2);
      const window = (from: number) => energy(left.subarray(from * sampleRate, (from + 0.25) * sampleRate));
      const slope = (10 * Math.log10(window(1.25) / window(0.5))) / 0.75;
      // High frequencies die first, so the broadband slope is somewhat steeper than 60 dB / 1.5 s = 40 dB/s.
      expect(slope).toBeLessThan(-38);
      expect(slope).toBeGreaterThan(-62);
    }
  });

  it('is silent before its pre-delay, wide, about as loud as its input, and the same every time', () => {
    const { left, right } = impulseResponse(48000, 4);
    expect(energy(left.subarray(0, 960))).toBe(0);
    const cross = left.reduce((sum, x, n) => sum + x * right[n]!, 0);
    expect(Math.abs(cross) / Math.sqrt(energy(left) * energy(right))).toBeLessThan(0.3);
    expect(10 * Math.log10(energy(left) + energy(right))).toBeGreaterThan(-6);
    expect(10 * Math.log10(energy(left) + energy(right))).toBeLessThan(6);
    const again = impulseResponse(48000, 4).left;
    expect(again.every((x, n) => x === left[n])).toBe(true);
  });

  it('does not depend on the block size and stays bounded for any settings', () => {
    const [left, right] = testSignal({ kind: 'noise', level: 1, seed: 5 }, 6000, 48000);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 999 }),
        (decaySeconds, preDelayMs, block) => {
          const whole = [left.slice(), right.slice()] as const;
          new Reverb({ decaySeconds, preDelayMs }, 48000).process(...whole);
          const parts = [left.slice(), right.slice()] as const;
          const reverb = new Reverb({ decaySeconds, preDelayMs }, 48000);
          for (let at = 0; at < 6000; at += block) {
            reverb.process(parts[0].subarray(at, at + block), parts[1].subarray(at, at + block));
          }
          expect(parts.every((part, side) => part.every((x, n) => x === whole[side]![n]))).toBe(true);
          expect(whole[0].every((x) => Math.abs(x) < 20)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });
});
