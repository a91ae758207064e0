import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LogMelFrames, melBands, melSilence } from './logMelFrames.ts';

const golden = z
  .object({ shape: z.tuple([z.number(), z.number()]), frames: z.record(z.string(), z.array(z.number())) })
  .parse(JSON.parse(readFileSync('test/golden/log-mel/values.json', 'utf8')));

/** Two tones and noise, as models/training/tests/test_probe.py makes them. */
function signal(): Float64Array {
  let state = 1;
  return Float64Array.from({ length: 22_050 }, (_, n) => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    const tones =
      0.3 * Math.sin((2 * Math.PI * 440 * n) / 44_100) + 0.05 * Math.sin((2 * Math.PI * 5000 * n) / 44_100);
    return tones + 0.02 * (state / 2 ** 32 - 0.5);
  });
}

function framesOf(sampleRate: number, mono: Float64Array, block: number): Float32Array[] {
  const found: Float32Array[] = [];
  const mel = new LogMelFrames(sampleRate, (bands) => found.push(bands.slice()));
  for (let at = 0; at < mono.length; at += block) mel.push(mono.subarray(at, at + block));
  mel.finish();
  return found;
}

describe('LogMelFrames', () => {
  it('gives the values of the training, however the audio is cut', () => {
    for (const block of [22_050, 777]) {
      const found = framesOf(44_100, signal(), block);
      expect(found).toHaveLength(golden.shape[0]);
      for (const [frame, values] of Object.entries(golden.frames)) {
        for (const [band, value] of values.entries())
          expect(found[Number(frame)]![band]).toBeCloseTo(value, 2);
      }
    }
  });

  it('hears a tone in the same band at other rates, and nothing in silence', () => {
    for (const rate of [22_050, 48_000, 96_000]) {
      const tone = Float64Array.from({ length: rate }, (_, n) => Math.sin((2 * Math.PI * 1000 * n) / rate));
      const middle = framesOf(rate, tone, 4096)[40]!;
      expect(middle).toHaveLength(melBands);
      expect(Math.max(...middle)).toBeCloseTo(2, 0);
      expect(middle.indexOf(Math.max(...middle))).toBe(25);
      const silence = framesOf(rate, new Float64Array(rate), 4096);
      expect(new Set(silence.flatMap((frame) => [...frame]))).toEqual(new Set([melSilence]));
    }
  });
});
