import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryHome } from '../../../test/support/tinyPack.ts';
import { writeWav } from '../../../test/support/writeWav.ts';
import { content } from '../../contracts/tags.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { findPack } from '../packs/findPack.ts';
import { runOperation } from '../registry.ts';
import { headLayout, type HeadLayout } from './headLayout.ts';
import { HeadWindows, type HeadWindow } from './headWindows.ts';
import { Verdict } from './verdict.ts';

/** The shipped heads. */
const packId = 'sonido-tags';

let home: Awaited<ReturnType<typeof temporaryHome>>;
let folder: string;
let layout: HeadLayout;
beforeAll(async () => {
  home = await temporaryHome();
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-tagging-'));
  layout = headLayout((await findPack(packId)).manifest);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await home.remove();
});

/** Thumps, twice a second, each a falling sine of a tenth of a second. */
const thumps = (rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, n) => {
    const t = (n / rate) % 0.5;
    return 0.8 * Math.exp(-30 * t) * Math.sin(2 * Math.PI * (50 * t + 3 * (1 - Math.exp(-30 * t))));
  });

const bytesOf = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** What this process has open; nothing is known but on Linux. */
async function openFiles(): Promise<string[]> {
  const fds = await readdir('/proc/self/fd').catch(() => []);
  return Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
}

function windowsOf(mono: Float64Array, block: number): HeadWindow[] {
  const windows = new HeadWindows(layout, 44_100);
  const found: HeadWindow[] = [];
  for (let at = 0; at < mono.length; at += block) {
    windows.push(mono.subarray(at, at + block));
    for (let window = windows.take(); window !== null; window = windows.take()) found.push(window);
  }
  windows.finish();
  for (let window = windows.take(true); window !== null; window = windows.take(true)) found.push(window);
  return found;
}

describe('HeadWindows', () => {
  it('covers the piece once, however the stream is cut, and marks what sounds', () => {
    const mono = Float64Array.from({ length: 44_100 * 26 }, (_, n) =>
      n > 44_100 * 13 ? 0.3 * Math.sin(n / 10) : 0,
    );
    const found = windowsOf(mono, 65_536);
    expect(found.map(({ first, frames }) => [first, frames])).toEqual([
      [0, 256],
      [256, 256],
      [512, 48],
    ]);
    expect(found[0]!.mask.every((on) => on === 0)).toBe(true);
    const start = found[1]!.mask.indexOf(1);
    expect(((256 + start) * 2048) / 44_100).toBeCloseTo(13, 0);
    expect(found[2]!.mask.subarray(0, 47).every((on) => on === 1)).toBe(true);
    expect(found[2]!.mask.subarray(48).every((on) => on === 0)).toBe(true);
    const again = windowsOf(mono, 10_007);
    // Compared as bytes: an assertion on arrays of this size takes seconds.
    const bytes = (windows: readonly HeadWindow[]) =>
      Buffer.concat(windows.flatMap(({ mel, statistics, mask }) => [mel, statistics, mask].map(bytesOf)));
    expect(bytes(again).equals(bytes(found))).toBe(true);
    // Nothing changes within the tone but at its start: the mean of the bands stands still.
    const { statistics } = found[1]!;
    const change = statistics.subarray((start + 9) * 288 + 192, (start + 10) * 288);
    expect(Math.max(...change.map(Math.abs))).toBeLessThan(0.2);
  });
});

describe('Verdict', () => {
  const output = (voice: readonly number[], role: number) => ({
    instruments: new Float32Array(layout.instruments.length).fill(0.25),
    role: Float32Array.from(layout.roles, (_, k) => (k === role ? 1 : 0)),
    key: Float32Array.from({ length: 24 }, (_, k) => (k === role ? 0.77 : 0.01)),
    activity: Float32Array.from(voice.flatMap((value) => [value, 0])),
  });

  it('weighs windows by what sounds in them and tells stretches of at least half a second', () => {
    const verdict = new Verdict(layout, 0.05, 10);
    const singing = Array.from({ length: 100 }, (_, n) => (n >= 20 && n < 60 ? 1 : 0));
    verdict.add(output(singing, 1), new Float32Array(100).fill(1));
    verdict.add(
      output(
        Array.from({ length: 100 }, () => 1),
        3,
      ),
      new Float32Array(100),
    );
    const { roles, instruments, voice, drums } = verdict.result(false);
    expect(roles[0]).toEqual({ name: layout.roles[1], confidence: 1 });
    const keys = verdict.keyLogProbabilities()!;
    expect(keys[1]).toBeCloseTo(Math.log(0.77), 3);
    expect(keys[3]).toBeCloseTo(Math.log(0.01), 1); // the silent window does not count
    expect(instruments).toHaveLength(18);
    expect(voice).toHaveLength(1);
    expect(voice[0]!.start).toBeCloseTo(1, 1);
    expect(voice[0]!.end).toBeCloseTo(3, 1);
    expect(drums).toEqual([]);
  });

  it('tells of no voice in a file that is a single track without one', () => {
    const roles = [...layout.roles.filter((name) => name !== 'mix'), 'mix'];
    const held = { voice: ['lead-vocal', 'backing-vocal', 'mix'], drums: ['kick', 'mix'], least: 0.2 };
    const singing = Array.from({ length: 100 }, () => 1);
    const stretches = (name: string, heldBy: HeadLayout['heldBy'] = held) => {
      const verdict = new Verdict({ ...layout, roles, heldBy }, 0.05, 5);
      const role = Float32Array.from(roles, (each) => (each === name ? 1 : 0));
      verdict.add({ ...output(singing, 0), role }, new Float32Array(100).fill(1));
      return verdict.result(false).voice.length;
    };
    expect(['lead-vocal', 'backing-vocal', 'mix'].map((name) => stretches(name))).toEqual([1, 1, 1]);
    expect(['pluck', 'bass', 'kick'].map((name) => stretches(name))).toEqual([0, 0, 0]);
    // A head that knows no mixtures says a track's role of everything.
    expect(stretches('pluck', null)).toBe(1);
  });

  it('ends no stretch after the piece', () => {
    const verdict = new Verdict(layout, 0.05, 4.98);
    const singing = Array.from({ length: 100 }, (_, n) => (n >= 60 ? 1 : 0));
    verdict.add(output(singing, 1), new Float32Array(100).fill(1));
    expect(verdict.result(false).voice.map(({ end }) => end)).toEqual([4.98]);
  });

  it('knows nothing of silence', () => {
    const verdict = new Verdict(layout, 0.05, 0.5);
    verdict.add(
      output(
        Array.from({ length: 10 }, () => 1),
        0,
      ),
      new Float32Array(10),
    );
    expect(verdict.keyLogProbabilities()).toBeNull();
    expect(verdict.result(true)).toEqual({
      instruments: [],
      roles: [],
      voice: [],
      drums: [],
      withFeatures: true,
      calibrated: layout.calibrated,
    });
  });
});

describe('recognise', () => {
  const context = () => ({
    signal: new AbortController().signal,
    directory: folder,
    progress: () => undefined,
  });

  it('hears thumps as drums, at 44.1 and at 48 kHz, and nothing in silence', async () => {
    for (const rate of [44_100, 48_000]) {
      const audio = await writeWav(join(folder, `${rate}.wav`), [thumps(rate, 16)], { sampleRate: rate });
      const found = content.parse(
        await runOperation('recognise', { audio, pack: packId, features: null }, context()),
      );
      expect(found.instruments[0]!.name).toBe('drums');
      expect(found.roles[0]!.name).toMatch(/^(kick|drums)$/);
      expect(found.voice).toEqual([]);
      expect(found.drums.reduce((sum, { start, end }) => sum + end - start, 0)).toBeGreaterThan(8);
      expect(found.withFeatures).toBe(false);
    }
    const silent = await writeWav(join(folder, 'silence.wav'), [new Float32Array(48_000)]);
    const none = await runOperation('recognise', { audio: silent, pack: packId, features: null }, context());
    expect(none).toMatchObject({ instruments: [], roles: [], voice: [], drums: [] });
  });

  it('takes the features of its own pack and refuses others', async () => {
    const audio = await writeWav(join(folder, 'a.wav'), [thumps(44_100, 14)], { sampleRate: 44_100 });
    const coarse = Math.ceil((14 * 44_100) / 2048);
    const write = async (name: string, shape: number[], pack: string) => {
      const path = join(folder, `${name}-${pack}.safetensors`);
      const metadata = {
        pack,
        pack_version: layout.featuresVersion,
        'features.coarse.hop': '2048',
        'clip.hop': String(128 * 2048),
        'clip.window': String(256 * 2048),
      };
      const file = await TensorFile.create(path, [{ name, dtype: 'F32', shape }], metadata);
      await file.close();
      return path;
    };
    const features = async (pack: string) => ({
      coarse: await write('features.coarse', [coarse, 256], pack),
      medium: await write('features.medium', [4 * coarse, 256], pack),
      fine: await write('features.fine', [16 * coarse, 192], pack),
      clips: await write('clip', [1, 128], pack),
    });
    const own = await features(layout.featuresPack);
    const found = await runOperation('recognise', { audio, pack: packId, features: own }, context());
    const bare = await runOperation('recognise', { audio, pack: packId, features: null }, context());
    const [withFeatures, without] = [found, bare].map((each) => content.parse(each));
    expect(withFeatures!.withFeatures).toBe(true);
    expect(withFeatures!.roles).not.toEqual(without!.roles);
    expect(without!.drums.length).toBeGreaterThan(0);
    const other = await features('another');
    await expect(
      runOperation('recognise', { audio, pack: packId, features: other }, context()),
    ).rejects.toMatchObject({ kind: 'corrupt', message: expect.stringContaining('features of another') });
    expect(await openFiles()).not.toContain(audio);
    await expect(
      runOperation('recognise', { audio, pack: 'sonido-s', features: null }, context()),
    ).rejects.toMatchObject({ kind: 'unsupported' });
  });
});
