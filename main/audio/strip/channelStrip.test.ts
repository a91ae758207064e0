import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripRanges, type StripSettings } from '../../contracts/mixPlan.ts';
import { ChannelStrip } from './channelStrip.ts';
import { neutralStrip } from './neutral.ts';
import { testSignal } from './testSignal.ts';

const frames = 3000;
const noise = (seed = 1, level = 0.5) => testSignal({ kind: 'noise', level, seed }, frames, 48000);

/** Runs a strip over copies of the input in blocks of the given sizes (repeated). */
function run(strip: ChannelStrip, [l, r]: readonly Float64Array[], blocks: readonly number[] = [frames]) {
  const left = l!.slice();
  const right = r!.slice();
  const sendLeft = new Float64Array(left.length);
  const sendRight = new Float64Array(left.length);
  for (let at = 0, k = 0; at < left.length; k++) {
    const to = Math.min(left.length, at + blocks[k % blocks.length]!);
    strip.process(
      left.subarray(at, to),
      right.subarray(at, to),
      sendLeft.subarray(at, to),
      sendRight.subarray(at, to),
    );
    at = to;
  }
  return { left, right, sendLeft, sendRight };
}

const between = ([min, max]: readonly [number, number]) => fc.double({ min, max, noNaN: true });
const anySettings: fc.Arbitrary<StripSettings> = fc.record({
  highPass: fc.record({ enabled: fc.boolean(), frequencyHz: between(stripRanges.highPassHz) }),
  eq: fc.array(
    fc.record({
      type: fc.constantFrom('low-shelf' as const, 'bell' as const, 'high-shelf' as const),
      frequencyHz: between(stripRanges.eqFrequencyHz),
      gainDb: between(stripRanges.eqGainDb),
      q: between(stripRanges.eqQ),
    }),
    { minLength: 6, maxLength: 6 },
  ),
  compressor: fc.record({
    enabled: fc.boolean(),
    thresholdDb: between(stripRanges.thresholdDb),
    ratio: between(stripRanges.ratio),
    attackMs: between(stripRanges.attackMs),
    releaseMs: between(stripRanges.releaseMs),
    kneeDb: between(stripRanges.kneeDb),
    makeupDb: between(stripRanges.makeupDb),
  }),
  gainDb: between(stripRanges.gainDb),
  pan: between(stripRanges.pan),
  sendDb: fc.option(between(stripRanges.sendDb)),
});
const busy: StripSettings = {
  ...neutralStrip(),
  highPass: { enabled: true, frequencyHz: 90 },
  eq: neutralStrip().eq.map((band, k) => ({ ...band, gainDb: k % 2 === 0 ? 5 : -4 })),
  compressor: { ...neutralStrip().compressor, enabled: true, thresholdDb: -24, ratio: 4, makeupDb: 3 },
  gainDb: -2.5,
  pan: -0.4,
  sendDb: -12,
};

describe('ChannelStrip', () => {
  it('passes audio bit for bit when neutral', () => {
    const input = noise();
    for (const sampleRate of [44100, 48000, 192000]) {
      const out = run(new ChannelStrip(neutralStrip(), sampleRate), input, [1, 77, 512]);
      expect(out.left).toEqual(input[0]);
      expect(out.right).toEqual(input[1]);
      expect(out.sendLeft.every((x) => x === 0)).toBe(true);
    }
  });

  it('gives the same samples however the stream is cut, also while parameters move', () => {
    const input = noise(7);
    const cut = (blocks: readonly number[]) => {
      const strip = new ChannelStrip(neutralStrip(), 48000);
      strip.set(busy);
      return run(strip, input, blocks);
    };
    const whole = cut([frames]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }), (blocks) => {
        const now = cut(blocks);
        for (const bus of ['left', 'right', 'sendLeft', 'sendRight'] as const) {
          expect(now[bus].every((x, n) => x === whole[bus][n])).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('gives finite, bounded output for any settings in range, also with NaN, infinities and denormals in', () => {
    const input = noise(3, 1);
    input[0][10] = Number.NaN;
    input[1][11] = Number.POSITIVE_INFINITY;
    input[0].fill(5e-324, 100, 200);
    fc.assert(
      fc.property(
        anySettings,
        anySettings,
        fc.constantFrom(8000, 44100, 96000, 192000),
        (first, then, rate) => {
          const strip = new ChannelStrip(first, rate);
          const before = run(strip, input);
          strip.set(then);
          const after = run(strip, input);
          // Six bands of +18 dB, makeup 24, gain 12, pan 3, send 6 on top of a full-scale input, as rings in time.
          const limit = 10 ** ((6 * 18 + 24 + 12 + 3 + 6 + 20) / 20);
          for (const channel of [...Object.values(before), ...Object.values(after)]) {
            expect(channel.every((x) => Math.abs(x) < limit)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('arrives exactly at new settings within 20 ms and one control step', () => {
    const strip = new ChannelStrip(busy, 48000);
    const input = noise();
    run(strip, input);
    strip.set(neutralStrip());
    const out = run(strip, input);
    const settled = 0.02 * 48000 + 32;
    expect(out.left.subarray(settled)).toEqual(input[0].subarray(settled));
    expect(out.right.subarray(settled)).toEqual(input[1].subarray(settled));
  });

  it('moves a gain without steps', () => {
    const constant = [new Float64Array(frames).fill(1), new Float64Array(frames).fill(1)];
    const strip = new ChannelStrip(neutralStrip(), 48000);
    strip.set({ ...neutralStrip(), gainDb: -60 });
    const { left } = run(strip, constant);
    for (let n = 1; n < frames; n++) expect(Math.abs(left[n]! - left[n - 1]!)).toBeLessThan(0.0011);
    expect(left.at(-1)).toBeCloseTo(0.001, 9);
  });

  it('keeps the power of a mono source wherever it is panned and taps the send after the pan', () => {
    const constant = [new Float64Array(64).fill(0.5), new Float64Array(64).fill(0.5)];
    for (const pan of [-1, -0.3, 0, 0.6, 1]) {
      const { left, right, sendLeft } = run(
        new ChannelStrip({ ...neutralStrip(), pan, sendDb: -6 }, 48000),
        constant,
      );
      expect(left[9]! ** 2 + right[9]! ** 2).toBeCloseTo(0.5, 12);
      expect(sendLeft[9]).toBeCloseTo(left[9]! * 10 ** (-6 / 20), 12);
    }
  });

  it('lets its state die to exact silence', () => {
    const strip = new ChannelStrip({ ...busy, highPass: { enabled: true, frequencyHz: 1000 } }, 44100);
    run(strip, noise());
    const quiet = [new Float64Array(200_000), new Float64Array(200_000)];
    expect(run(strip, quiet).left.at(-1)).toBe(0);
  });
});
