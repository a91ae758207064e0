import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as ebur128 from 'ebur128-wasm';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { LoudnessMeter } from './loudnessMeter.ts';
import { kaiserLowPass } from '../resample/kaiser.ts';
import { webAssembly } from '../webAssembly.ts';

/** Sines of the given level in dBFS and length in seconds one after the other, the same in all channels. */
function tones(rate: number, ...parts: [level: number, seconds: number][]): Float32Array {
  const total = parts.reduce((sum, [, seconds]) => sum + Math.round(seconds * rate), 0);
  const out = new Float32Array(total);
  let at = 0;
  for (const [level, seconds] of parts) {
    const amplitude = 10 ** (level / 20);
    const end = at + Math.round(seconds * rate);
    for (; at < end; at++) out[at] = amplitude * Math.sin((2 * Math.PI * 1000 * at) / rate);
  }
  return out;
}

function measure(rate: number, planes: readonly Float32Array[], block = 4096, truePeak = true) {
  const meter = new LoudnessMeter(rate, planes.length, { truePeak });
  const frames = planes[0]!.length;
  for (let at = 0; at < frames; at += block)
    meter.process(planes.map((plane) => plane.subarray(at, at + block)));
  return meter.result();
}

/** Without the true peak, which takes most of the time. */
const loudnessOf = (rate: number, planes: readonly Float32Array[]) => measure(rate, planes, 4096, false);

const stereo = (plane: Float32Array) => [plane, plane];

function noise(length: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

describe.each([44_100, 48_000, 96_000])('EBU Tech 3341 at %i Hz', (rate) => {
  it('1 and 2: one level', () => {
    for (const level of [-23, -33]) {
      const { integrated, maxMomentary, maxShortTerm } = loudnessOf(rate, stereo(tones(rate, [level, 20])));
      for (const value of [integrated, maxMomentary, maxShortTerm]) {
        expect(Math.abs(value! - level)).toBeLessThanOrEqual(0.1);
      }
    }
  });

  it('6: 5.0 surround, and an LFE channel that does not count', () => {
    const [front, centre, rear] = [-28, -24, -30].map((level) => tones(rate, [level, 20]));
    const five = loudnessOf(rate, [front!, front!, centre!, rear!, rear!]);
    expect(Math.abs(five.integrated! + 23)).toBeLessThanOrEqual(0.1);
    const lfe = tones(rate, [-6, 20]);
    const six = loudnessOf(rate, [front!, front!, centre!, lfe, rear!, rear!]);
    expect(Math.abs(six.integrated! + 23)).toBeLessThanOrEqual(0.1);
  });

  it('9 and 12: steady short-term and momentary loudness of changing levels', () => {
    const slow = Array.from({ length: 5 }, (): [number, number][] => [
      [-20, 1.34],
      [-30, 1.66],
    ]);
    const quick = Array.from({ length: 25 }, (): [number, number][] => [
      [-20, 0.18],
      [-30, 0.22],
    ]);
    for (const [signal, from, of] of [
      [tones(rate, ...slow.flat()), 30, 'shortTerm'],
      [tones(rate, ...quick.flat()), 10, 'momentary'],
    ] as const) {
      const meter = new LoudnessMeter(rate, 2, { truePeak: false });
      const values: number[] = [];
      for (let step = 0; step < (signal.length / rate) * 10 - 1; step++) {
        meter.process(stereo(signal.subarray((step * rate) / 10, ((step + 1) * rate) / 10)));
        if (step >= from) values.push(meter[of]!);
      }
      expect(Math.min(...values)).toBeGreaterThanOrEqual(-23.1);
      expect(Math.max(...values)).toBeLessThanOrEqual(-22.9);
    }
  });

  it.each([
    [15, 4, 0, 0.5, -6],
    [16, 4, 45, 0.5, -6],
    [17, 6, 60, 0.5, -6],
    [18, 8, 67.5, 0.5, -6],
    [19, 4, 45, 1.41, 3],
  ])('%i: true peak of a sine at fs/%i, %f degrees', (_, divisor, degrees, amplitude, expected) => {
    // A fade as in the EBU's files: a hard start would have peaks of its own.
    const signal = Float32Array.from({ length: rate / 2 }, (__, n) => {
      const fade = Math.min(1, n / 1000, (rate / 2 - n) / 1000);
      return fade * amplitude * Math.sin((2 * Math.PI * n) / divisor + (degrees * Math.PI) / 180);
    });
    const { truePeak } = measure(rate, stereo(signal));
    expect(truePeak!).toBeLessThanOrEqual(expected + 0.2);
    expect(truePeak!).toBeGreaterThanOrEqual(expected - 0.4);
  });
});

describe('EBU Tech 3341 at 48 kHz', () => {
  it.each([
    [
      3,
      [
        [-36, 10],
        [-23, 60],
        [-36, 10],
      ],
    ],
    [
      4,
      [
        [-72, 10],
        [-36, 10],
        [-23, 60],
        [-36, 10],
        [-72, 10],
      ],
    ],
    [
      5,
      [
        [-26, 20],
        [-20, 20.1],
        [-26, 20],
      ],
    ],
  ] as [number, [number, number][]][])('%i: gating', (_, parts) => {
    const { integrated } = loudnessOf(48_000, [tones(48_000, ...parts)].flatMap(stereo));
    expect(Math.abs(integrated! + 23)).toBeLessThanOrEqual(0.1);
  });

  it('10 and 13: the largest value wherever the tone starts', () => {
    for (let shift = 0; shift < 20; shift += 3) {
      const long = loudnessOf(48_000, stereo(tones(48_000, [-200, shift * 0.15], [-23, 3], [-200, 1])));
      expect(Math.abs(long.maxShortTerm! + 23)).toBeLessThanOrEqual(0.1);
      const short = loudnessOf(48_000, stereo(tones(48_000, [-200, shift * 0.02], [-23, 0.4], [-200, 1])));
      expect(Math.abs(short.maxMomentary! + 23)).toBeLessThanOrEqual(0.1);
    }
  });
});

describe('EBU Tech 3342', () => {
  it.each([
    [
      1,
      10,
      [
        [-20, 20],
        [-30, 20],
      ],
    ],
    [
      2,
      5,
      [
        [-20, 20],
        [-15, 20],
      ],
    ],
    [
      3,
      20,
      [
        [-40, 20],
        [-20, 20],
      ],
    ],
    [
      4,
      15,
      [
        [-50, 20],
        [-35, 20],
        [-20, 20],
        [-35, 20],
        [-50, 20],
      ],
    ],
  ] as [number, number, [number, number][]][])('%i: range of %i LU', (_, expected, parts) => {
    const { range } = loudnessOf(48_000, stereo(tones(48_000, ...parts)));
    expect(Math.abs(range! - expected)).toBeLessThanOrEqual(1);
  });
});

type Reference = typeof ebur128;
type Measure = (rate: number, ...channels: Float32Array[]) => number;

/** The package's own loader works in bundlers only; this calls the same functions of its module. */
async function referenceMeter(): Promise<Record<'integrated' | 'truePeak', Measure>> {
  const file = createRequire(import.meta.url).resolve('ebur128-wasm/ebur128_wasm_bg.wasm');
  const failing = () => {
    throw new Error('libebur128 failed.');
  };
  const { exports } = await webAssembly.instantiate(await webAssembly.compile(await readFile(file)), {
    './ebur128_wasm_bg.js': {
      __wbg_new_693216e109162396: failing,
      __wbg_stack_0ddaca5d1abfb52f: failing,
      __wbg_error_09919627ac0992f5: failing,
      __wbindgen_object_drop_ref: failing,
    },
  });
  const wasm = exports as Record<string, (...values: number[]) => number> & {
    memory: { buffer: ArrayBuffer };
  };
  const measureBy =
    (mono: keyof Reference, stereoName: keyof Reference): Measure =>
    (rate, ...channels) => {
      const values = channels.flatMap((plane) => {
        const at = wasm['__wbindgen_malloc']!(plane.length * 4);
        new Float32Array(wasm.memory.buffer).set(plane, at / 4);
        return [at, plane.length];
      });
      return wasm[channels.length === 1 ? mono : stereoName]!(rate, ...values);
    };
  return {
    integrated: measureBy('ebur128_integrated_mono', 'ebur128_integrated_stereo'),
    truePeak: measureBy('ebur128_true_peak_mono', 'ebur128_true_peak_stereo'),
  };
}

describe('against libebur128', () => {
  let reference: Awaited<ReturnType<typeof referenceMeter>>;
  beforeAll(async () => {
    reference = await referenceMeter();
  });

  it.each([44_100, 48_000, 96_000])('agrees at %i Hz', (rate) => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: -50, max: 0, noNaN: true }),
        fc.integer({ min: 1, max: 6 }),
        (seed, level, seconds) => {
          const amplitude = 10 ** (level / 20);
          const [left, right] = [seed, seed + 1].map((start) =>
            noise(seconds * rate, start).map((value, n) => value * amplitude * Math.sin((n * 3) / rate)),
          );
          const two = measure(rate, [left!, right!], 5000);
          expect(two.integrated).toBeCloseTo(reference.integrated(rate, left!, right!), 2);
          const one = measure(rate, [left!], 777);
          expect(one.integrated).toBeCloseTo(reference.integrated(rate, left!), 2);
        },
      ),
      { numRuns: 4 },
    );
  });

  it('finds the same true peaks of band-limited music-like signals', () => {
    const rate = 48_000;
    const left = Float32Array.from({ length: rate }, (_, n) => {
      const fade = Math.sin((Math.PI * n) / rate);
      return fade * (0.5 * Math.sin(n * 1.1 + 1) + 0.3 * Math.sin(n * 0.31) + 0.2 * Math.sin(n * 1.7));
    });
    const right = left.map((value) => -value / 2);
    const inDecibels = (value: number) => 20 * Math.log10(value);
    const asDecibels = (value: number) => (value > 0 ? inDecibels(value) : value);
    const own = measure(rate, [left, right]).truePeak!;
    expect(Math.abs(own - asDecibels(reference.truePeak(rate, left, right)))).toBeLessThan(0.2);
    expect(
      Math.abs(measure(rate, [right]).truePeak! - asDecibels(reference.truePeak(rate, right))),
    ).toBeLessThan(0.2);
  });
});

describe('edges', () => {
  const nothing = { integrated: null, range: null, maxMomentary: null, maxShortTerm: null };

  it('silence, no samples and very short audio have no loudness', () => {
    expect(measure(48_000, [new Float32Array(200_000)])).toEqual({ ...nothing, truePeak: null });
    expect(new LoudnessMeter(48_000, 2).result()).toEqual({ ...nothing, truePeak: null });
    const one = measure(48_000, [Float32Array.of(0.5)]);
    expect(one).toMatchObject(nothing);
    expect(one.truePeak).toBeCloseTo(-6.02, 1);
  });

  it('finds the true peak that looking everywhere would find', () => {
    // All four phases at every sample, straight from the definition of the filter.
    const filter = kaiserLowPass(0.42, 0.58, 60);
    for (const seed of [1, 2, 3]) {
      const plane = noise(3000, seed).map((value, n) => value * Math.sin(n / 900));
      let highest = 0;
      for (let quarter = 0; quarter < 4 * plane.length; quarter++) {
        let value = 0;
        for (let n = Math.floor(quarter / 4) - 15; n < quarter / 4 + 15; n++) {
          value +=
            (plane[n] ?? 0) * (quarter % 4 === 0 ? Number(n === quarter / 4) : filter.at(n - quarter / 4));
        }
        highest = Math.max(highest, Math.abs(value));
      }
      expect(measure(48_000, [plane]).truePeak).toBeCloseTo(20 * Math.log10(highest), 9);
    }
  });

  it('does not depend on the size of blocks', () => {
    const planes = [noise(200_000, 1), noise(200_000, 2)];
    const whole = measure(48_000, planes, 200_000);
    const pieces = measure(48_000, planes, 331);
    expect(pieces.integrated).toBeCloseTo(whole.integrated!, 9);
    expect(pieces.truePeak).toBe(whole.truePeak);
  });
});
