import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stripSettings, type StripSettings } from '../../contracts/mixPlan.ts';
import { ChannelStrip } from './channelStrip.ts';
import { neutralStrip } from './neutral.ts';
import { Reverb } from './reverb.ts';
import { testSignal, type TestSignal } from './testSignal.ts';

/**
 * The golden vectors that every implementation of STRIP.md must meet (tolerance in STRIP.md section 9).
 * Re-record after a wanted change: SONIDESK_RECORD_GOLDEN=1 npx vitest run --project unit golden
 */
const folder = fileURLToPath(new URL('../../../test/golden/strip/', import.meta.url));
const record = process.env['SONIDESK_RECORD_GOLDEN'] === '1';
const tolerance = 1e-9;

interface GoldenCase {
  readonly name: string;
  readonly sampleRate: number;
  readonly frames: number;
  readonly input: TestSignal;
  /** Outputs kept: frames 0, every, 2·every, ... */
  readonly every: number;
  /** The strip starts with `settings`; where given, `after` is set after half of the frames. */
  readonly settings: StripSettings;
  readonly after?: StripSettings;
  /** Where given, the send goes through the reverb and `sendLeft`, `sendRight` are its output. */
  readonly reverb?: { readonly decaySeconds: number; readonly preDelayMs: number };
}
type GoldenFile = GoldenCase & Record<'left' | 'right' | 'sendLeft' | 'sendRight', readonly number[]>;

function compute({ sampleRate, frames, input, every, settings, after, reverb }: GoldenCase) {
  const [left, right] = testSignal(input, frames, sampleRate);
  const sendLeft = new Float64Array(frames);
  const sendRight = new Float64Array(frames);
  const strip = new ChannelStrip(settings, sampleRate);
  const half = frames / 2;
  for (const from of [0, half]) {
    if (from > 0 && after !== undefined) strip.set(after);
    const part = (audio: Float64Array) => audio.subarray(from, from + half);
    strip.process(part(left), part(right), part(sendLeft), part(sendRight));
  }
  if (reverb !== undefined) new Reverb(reverb, sampleRate).process(sendLeft, sendRight);
  const kept = (audio: Float64Array) => Array.from(audio.filter((_, n) => n % every === 0));
  return { left: kept(left), right: kept(right), sendLeft: kept(sendLeft), sendRight: kept(sendRight) };
}

const neutral = neutralStrip();
const band = (index: number, change: Partial<StripSettings['eq'][number]>): StripSettings => ({
  ...neutral,
  eq: neutral.eq.map((old, k) => (k === index ? { ...old, ...change } : old)),
});
const squeeze: StripSettings['compressor'] = {
  enabled: true,
  thresholdDb: -26,
  ratio: 4,
  attackMs: 3,
  releaseMs: 60,
  kneeDb: 8,
  makeupDb: 4,
};
const busy: StripSettings = {
  highPass: { enabled: true, frequencyHz: 110 },
  eq: neutral.eq.map((old, k) => ({
    ...old,
    gainDb: [3, -4, 2.5, -6, 4, -2][k]!,
    q: k % 5 === 0 ? 0.8 : 1.7,
  })),
  compressor: squeeze,
  gainDb: -3.5,
  pan: 0.35,
  sendDb: -9,
};
const impulse = { kind: 'impulse', level: 1 } as const;
const bursts = { kind: 'bursts', level: 0.8, hz: 330, periodFrames: 2048 } as const;
const noise = { kind: 'noise', level: 0.5, seed: 12345 } as const;
const short = { frames: 256, every: 2, input: impulse } as const;
const long = { frames: 8192, every: 64 } as const;

const cases: readonly GoldenCase[] = [
  { name: 'neutral', sampleRate: 48000, ...short, input: noise, settings: neutral },
  {
    name: 'high-pass',
    sampleRate: 44100,
    ...short,
    settings: { ...neutral, highPass: { enabled: true, frequencyHz: 180 } },
  },
  {
    name: 'low-shelf-boost',
    sampleRate: 48000,
    ...short,
    settings: band(0, { gainDb: 9, frequencyHz: 120 }),
  },
  {
    name: 'low-shelf-cut',
    sampleRate: 48000,
    ...short,
    settings: band(0, { gainDb: -12, frequencyHz: 400, q: 3 }),
  },
  {
    name: 'bell-boost',
    sampleRate: 44100,
    ...short,
    settings: band(2, { gainDb: 6, frequencyHz: 1000, q: 2 }),
  },
  {
    name: 'bell-cut-high',
    sampleRate: 44100,
    ...short,
    settings: band(4, { gainDb: -18, frequencyHz: 20000, q: 0.3 }),
  },
  {
    name: 'bell-192k',
    sampleRate: 192000,
    ...short,
    settings: band(4, { gainDb: 4, frequencyHz: 15000, q: 10 }),
  },
  {
    name: 'high-shelf-boost',
    sampleRate: 44100,
    ...short,
    settings: band(5, { gainDb: 12, frequencyHz: 12000 }),
  },
  {
    name: 'high-shelf-cut',
    sampleRate: 96000,
    ...short,
    settings: band(5, { gainDb: -6, frequencyHz: 8000, q: 0.5 }),
  },
  {
    name: 'compressor',
    sampleRate: 48000,
    ...long,
    input: bursts,
    settings: { ...neutral, compressor: squeeze },
  },
  {
    name: 'compressor-hard-knee',
    sampleRate: 96000,
    ...long,
    input: bursts,
    settings: { ...neutral, compressor: { ...squeeze, kneeDb: 0, ratio: 20, attackMs: 0.1 } },
  },
  {
    name: 'gain-pan-send',
    sampleRate: 48000,
    ...short,
    input: noise,
    settings: { ...neutral, gainDb: 4, pan: -0.7, sendDb: -6 },
  },
  { name: 'everything', sampleRate: 48000, ...long, input: noise, settings: busy },
  { name: 'ramp-on', sampleRate: 44100, ...long, input: noise, settings: neutral, after: busy },
  { name: 'ramp-off', sampleRate: 48000, ...long, input: noise, settings: busy, after: neutral },
  {
    name: 'reverb',
    sampleRate: 44100,
    frames: 16384,
    every: 64,
    input: impulse,
    settings: { ...neutral, sendDb: 0 },
    reverb: { decaySeconds: 1.8, preDelayMs: 12 },
  },
];

describe('golden vectors of the channel strip', () => {
  it.each(cases)('$name', (golden) => {
    const path = `${folder}${golden.name}.json`;
    const now = compute(golden);
    if (record) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, `${JSON.stringify({ version: 1, ...golden, ...now })}\n`);
    }
    stripSettings.parse(golden.settings);
    const file = JSON.parse(readFileSync(path, 'utf8')) as GoldenFile;
    expect(file).toMatchObject(golden);
    for (const channel of ['left', 'right', 'sendLeft', 'sendRight'] as const) {
      expect(file[channel].length).toBe(now[channel].length);
      const error = Math.max(...now[channel].map((x, n) => Math.abs(x - file[channel][n]!)));
      expect(error).toBeLessThan(tolerance);
    }
  });

  it('has a case for every file', () => {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
    expect(files).toEqual(cases.map(({ name }) => `${name}.json`).toSorted());
  });
});
