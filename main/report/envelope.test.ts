import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EnvelopeCollector } from './envelope.ts';

describe('EnvelopeCollector', () => {
  it('keeps length, extremes and power, however the audio is cut into blocks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 20 }),
        (lengths, steps) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          const audio = Float32Array.from(
            { length: total },
            (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.01),
          );
          const collector = new EnvelopeCollector(steps, 1000);
          let at = 0;
          for (const length of lengths) {
            collector.add([audio.subarray(at, at + length), audio.subarray(at, at + length)]);
            at += length;
          }
          const envelope = collector.finish();
          expect(envelope.seconds).toBeCloseTo(total / 1000);
          expect(envelope.high.length).toBeLessThanOrEqual(2 * steps);
          expect(envelope.high.length).toBe(
            Math.max(0, Math.ceil(total / (1000 * envelope.stepSeconds) - 1e-9)),
          );
          expect(Math.max(0, ...envelope.high)).toBeCloseTo(Math.max(0, ...audio), 12);
          expect(Math.min(0, ...envelope.low)).toBeCloseTo(Math.min(0, ...audio), 12);
          // Power of all steps together, by their lengths, is that of the audio.
          const length = (i: number): number =>
            Math.min(envelope.stepSeconds, envelope.seconds - i * envelope.stepSeconds) * 1000;
          const power = envelope.rms.reduce((sum, value, i) => sum + value * value * length(i), 0);
          expect(power).toBeCloseTo(
            audio.reduce((sum, value) => sum + value * value, 0),
            3,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
