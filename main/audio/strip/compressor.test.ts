import { describe, expect, it } from 'vitest';
import { Compressor, gainReduction } from './compressor.ts';

const settings = {
  enabled: true,
  thresholdDb: -20,
  ratio: 4,
  attackMs: 5,
  releaseMs: 100,
  kneeDb: 6,
  makeupDb: 0,
};

describe('gainReduction', () => {
  it('follows the static curve: nothing below, the ratio above, half a knee of overlap between', () => {
    expect(gainReduction(-40, settings)).toBe(0);
    expect(gainReduction(-23, settings)).toBe(0);
    expect(gainReduction(-20, settings)).toBeCloseTo((0.75 * 9) / 12, 12);
    expect(gainReduction(0, settings)).toBeCloseTo(15, 12);
    expect(gainReduction(-17, settings)).toBeCloseTo(0.75 * 3, 12);
  });

  it('has no jump with a hard knee and does nothing at ratio 1', () => {
    const hard = { ...settings, kneeDb: 0 };
    expect(gainReduction(-20, hard)).toBe(0);
    expect(gainReduction(-20 + 1e-9, hard)).toBeLessThan(1e-8);
    expect(gainReduction(0, { ...settings, ratio: 1 })).toBe(0);
  });
});

describe('Compressor', () => {
  const steady = (frames: number, level: number) => new Float64Array(frames).fill(level);

  it('settles on the static curve and links the channels by the louder one', () => {
    for (const sampleRate of [44100, 192000]) {
      const left = steady(sampleRate, 0.5);
      const right = steady(sampleRate, 0.05);
      new Compressor(sampleRate).process(settings, 1, left, right, 0, sampleRate);
      const level = 20 * Math.log10(0.5);
      const expected = 1 / 10 ** (gainReduction(level, settings) / 20);
      expect(left.at(-1)! / 0.5).toBeCloseTo(expected, 6);
      expect(right.at(-1)! / 0.05).toBeCloseTo(expected, 6);
    }
  });

  it('reaches 1 - 1/e of the reduction after the attack time and gives back after the release', () => {
    const sampleRate = 48000;
    const compressor = new Compressor(sampleRate);
    const hard = { ...settings, kneeDb: 0 };
    const attack = (settings.attackMs * sampleRate) / 1000;
    const left = steady(attack, 1);
    compressor.process(hard, 1, left, left.slice(), 0, attack);
    expect(compressor.reductionDb).toBeCloseTo(15 * (1 - Math.exp(-1)), 6);
    const rest = steady(sampleRate, 1);
    compressor.process(hard, 1, rest, rest.slice(), 0, sampleRate);
    const quiet = steady((settings.releaseMs * sampleRate) / 1000, 0);
    compressor.process(hard, 1, quiet, quiet.slice(), 0, quiet.length);
    // The attack pole smooths the release a little: within its own time constant.
    expect(compressor.reductionDb).toBeGreaterThan(15 * Math.exp(-1));
    expect(compressor.reductionDb).toBeLessThan(15 * Math.exp(-0.9));
  });
});
