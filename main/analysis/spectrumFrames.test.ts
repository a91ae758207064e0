import { describe, expect, it } from 'vitest';
import { SpectrumFrames } from './spectrumFrames.ts';

function framesOf(audio: Float64Array, sampleRate: number, blocks: readonly number[]): Float64Array[] {
  const out: Float64Array[] = [];
  const spectra = new SpectrumFrames({
    sampleRate,
    framesPerSecond: 100,
    windowSeconds: 0.046,
    onFrame: (magnitude, frame) => {
      expect(frame).toBe(out.length);
      out.push(magnitude.slice());
    },
  });
  for (let at = 0, k = 0; at < audio.length; k++) {
    const size = blocks[k % blocks.length]!;
    spectra.push(audio.subarray(at, at + size));
    at += size;
  }
  spectra.finish();
  return out;
}

describe('SpectrumFrames', () => {
  it('has exactly the frame rate at every sample rate, whatever the block size', () => {
    for (const sampleRate of [8000, 44100, 48000]) {
      const audio = Float64Array.from(
        { length: sampleRate * 1.5 },
        (_, n) => Math.sin(n * 0.3) * ((n >> 10) & 1),
      );
      const whole = framesOf(audio, sampleRate, [audio.length]);
      expect(whole.length).toBe(150);
      const cut = framesOf(audio, sampleRate, [1, 977, 5000]);
      expect(cut.every((frame, k) => frame.every((x, bin) => x === whole[k]![bin]))).toBe(true);
      expect(cut.length).toBe(150);
    }
  });

  it('gives 1 at the bin of a full-scale sine and 0 in digital silence', () => {
    const sampleRate = 48000;
    const hz = (sampleRate / 2048) * 40;
    const audio = Float64Array.from({ length: sampleRate }, (_, n) =>
      n < sampleRate / 2 ? Math.sin((2 * Math.PI * hz * n) / sampleRate) : 0,
    );
    const frames = framesOf(audio, sampleRate, [4096]);
    expect(frames[25]![40]).toBeCloseTo(1, 6);
    expect(frames[80]!.every((x) => x === 0)).toBe(true);
  });
});
