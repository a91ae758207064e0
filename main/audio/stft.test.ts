import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stft, frameMajorSpectrogram, type Spectrogram } from './stft.ts';

function noise(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function largestError(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

/** The definition, straight from the documentation of torch.stft. */
function directBin(signal: Float32Array, size: number, hop: number, frame: number, bin: number) {
  let re = 0;
  let im = 0;
  for (let n = 0; n < size; n++) {
    let at = Math.abs(frame * hop + n - size / 2);
    if (at >= signal.length) at = 2 * (signal.length - 1) - at;
    const value = signal[at]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
    re += value * Math.cos((2 * Math.PI * bin * n) / size);
    im -= value * Math.sin((2 * Math.PI * bin * n) / size);
  }
  return { re, im };
}

describe('Stft', () => {
  it('gives back any signal within 1e-6', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(16, 64, 96, 240, 256, 280, 1024),
        fc.constantFrom(4, 8),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        fc.nat(),
        (size, overlap, length, count, normalized, seed) => {
          const stft = new Stft({ size, hop: size / overlap, normalized });
          const signals = Array.from({ length: count }, (_, i) => noise(length, seed + i));
          const spectrograms = signals.map(() => frameMajorSpectrogram(stft.frameCount(length), stft.bins));
          stft.forward(signals, spectrograms);
          const back = signals.map(() => new Float32Array(length));
          stft.inverse(spectrograms, back);
          for (const [i, signal] of signals.entries()) {
            expect(largestError(back[i]!, signal)).toBeLessThanOrEqual(1e-6);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives back HTDemucs-sized stereo within 1e-6', () => {
    const stft = new Stft({ size: 4096, hop: 1024, normalized: true });
    const signals = [noise(50_001, 1), noise(50_001, 2)];
    const spectrograms = signals.map(() => frameMajorSpectrogram(stft.frameCount(50_001), stft.bins));
    stft.forward(signals, spectrograms);
    const back = signals.map(() => new Float32Array(50_001));
    stft.inverse(spectrograms, back);
    for (const [i, signal] of signals.entries()) expect(largestError(back[i]!, signal)).toBeLessThan(1e-6);
  });

  it.each([
    [64, 16],
    [60, 15],
    [96, 24],
    [70, 10],
  ])('follows the definition at size %d, at the reflected ends too', (size, hop) => {
    const signals = [noise(300, 5), noise(300, 6)];
    const stft = new Stft({ size, hop });
    const frames = stft.frameCount(300);
    expect(frames).toBe(1 + Math.floor(300 / hop));
    const spectrograms = signals.map(() => frameMajorSpectrogram(frames, stft.bins));
    stft.forward(signals, spectrograms);
    for (const [i, { real, imag }] of spectrograms.entries()) {
      for (const frame of [0, 1, 7, frames - 2, frames - 1]) {
        for (const bin of [0, 1, 13, stft.bins - 2, stft.bins - 1]) {
          const { re, im } = directBin(signals[i]!, size, hop, frame, bin);
          expect(real[frame * stft.bins + bin]).toBeCloseTo(re, 5);
          expect(imag[frame * stft.bins + bin]).toBeCloseTo(im, 5);
        }
      }
    }
  });

  it.each([5120, 6144, 7680])(
    'gives back stereo within 1e-6 at size %d, which MDX-Net models use',
    (size) => {
      const stft = new Stft({ size, hop: 1024 });
      const signals = [noise(40_001, 1), noise(40_001, 2)];
      const spectrograms = signals.map(() => frameMajorSpectrogram(stft.frameCount(40_001), stft.bins));
      stft.forward(signals, spectrograms);
      const back = signals.map(() => new Float32Array(40_001));
      stft.inverse(spectrograms, back);
      for (const [i, signal] of signals.entries()) expect(largestError(back[i]!, signal)).toBeLessThan(1e-6);
    },
  );

  it('writes any layout and any range of frames and bins', () => {
    const signal = noise(1000, 9);
    const stft = new Stft({ size: 64, hop: 16, normalized: true });
    const whole = frameMajorSpectrogram(stft.frameCount(1000), stft.bins);
    stft.forward([signal], [whole]);
    // [2][bins][frames], real then imaginary, without the Nyquist bin, frames 2 to 52
    const packed = new Float32Array(2 * 32 * 50);
    const view: Spectrogram = {
      real: packed,
      imag: packed,
      realStart: 0,
      imagStart: 32 * 50,
      bins: 32,
      frames: 50,
      binStride: 50,
      frameStride: 1,
    };
    stft.forward([signal], [view], 2);
    for (let frame = 0; frame < 50; frame++) {
      for (let bin = 0; bin < 32; bin++) {
        expect(packed[bin * 50 + frame]).toBeCloseTo(whole.real[(frame + 2) * 33 + bin]!, 6);
        expect(packed[32 * 50 + bin * 50 + frame]).toBeCloseTo(whole.imag[(frame + 2) * 33 + bin]!, 6);
      }
    }
  });

  it('takes missing frames as zero and keeps the envelope of all', () => {
    const stft = new Stft({ size: 64, hop: 16 });
    const signal = noise(640, 3);
    const frames = stft.frameCount(640);
    const all = frameMajorSpectrogram(frames, stft.bins);
    stft.forward([signal], [all]);
    all.real.fill(0, 0, 2 * stft.bins);
    all.imag.fill(0, 0, 2 * stft.bins);
    const part = frameMajorSpectrogram(frames - 2, stft.bins);
    stft.forward([signal], [part], 2);
    const [expected, got] = [new Float32Array(640), new Float32Array(640)];
    stft.inverse([all], [expected]);
    stft.inverse([part], [got], 2);
    expect(largestError(got, expected)).toBeLessThan(1e-6);
  });

  it('starts frames at their sample without centring', () => {
    const stft = new Stft({ size: 64, hop: 32, centre: false });
    const signal = noise(200, 4);
    expect(stft.frameCount(200)).toBe(5);
    expect(stft.frameCount(63)).toBe(0);
    const plain = frameMajorSpectrogram(5, stft.bins);
    stft.forward([signal], [plain]);
    const centred = frameMajorSpectrogram(5, stft.bins);
    new Stft({ size: 64, hop: 32 }).forward([signal], [centred], 1);
    expect(largestError(plain.real, centred.real)).toBeLessThan(1e-5);
  });

  it('refuses sizes that cannot be inverted', () => {
    expect(() => new Stft({ size: 88, hop: 22 })).toThrow('No STFT of size 88');
    expect(() => new Stft({ size: 75, hop: 15 })).toThrow('No STFT of size 75');
    expect(() => new Stft({ size: 64, hop: 16, window: new Float64Array(32) })).toThrow(
      'An STFT of size 64 takes as long a window, not 32.',
    );
    expect(() => new Stft({ size: 64, hop: 32 }).inverse([], [])).toThrow('a hop of at most 16');
  });
});
