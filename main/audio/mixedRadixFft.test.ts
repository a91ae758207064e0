import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complexFft, isFftSize } from './mixedRadixFft.ts';

const sizes = Array.from({ length: 420 }, (_, n) => n).filter(isFftSize);

function noise(size: number, seed: number): Float64Array {
  let state = seed >>> 0;
  return Float64Array.from({ length: 2 * size }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function direct(data: Float64Array, bin: number) {
  const size = data.length / 2;
  let re = 0;
  let im = 0;
  for (let n = 0; n < size; n++) {
    const angle = (-2 * Math.PI * ((n * bin) % size)) / size;
    re += data[2 * n]! * Math.cos(angle) - data[2 * n + 1]! * Math.sin(angle);
    im += data[2 * n]! * Math.sin(angle) + data[2 * n + 1]! * Math.cos(angle);
  }
  return { re, im };
}

describe('FFT of sizes that are no power of two', () => {
  it('takes even products of 2, 3, 5 and 7', () => {
    expect([4096, 5120, 6144, 7680, 16384, 6, 10, 14].every(isFftSize)).toBe(true);
    expect([0, 1, 2, 3, 15, 22, 6145, 4098, 12.5, Number.NaN].some(isFftSize)).toBe(false);
    expect(() => complexFft(22)).toThrow('No FFT of size 22');
  });

  it('follows the definition to 1e-12 of the level, at every bin of every size', () => {
    for (const size of sizes) {
      const data = noise(size, size);
      const out = new Float64Array(2 * size);
      complexFft(size).transform(out, data);
      for (let bin = 0; bin < size; bin++) {
        const { re, im } = direct(data, bin);
        expect(Math.hypot(out[2 * bin]! - re, out[2 * bin + 1]! - im)).toBeLessThan(1e-12 * size);
      }
    }
  });

  it('is undone by its inverse to 1e-14, several times over with one object', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sizes, 5120, 6144, 7680), fc.nat(), (size, seed) => {
        const fft = complexFft(size);
        for (const again of [0, 1]) {
          const data = noise(size, seed + again);
          const spectrum = new Float64Array(2 * size);
          const back = new Float64Array(2 * size);
          fft.transform(spectrum, data);
          fft.inverseTransform(back, spectrum);
          const error = back.reduce((worst, value, n) => Math.max(worst, Math.abs(value - data[n]!)), 0);
          expect(error).toBeLessThan(1e-14);
        }
      }),
      { numRuns: 40 },
    );
  });
});
