import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../test/support/writeWav.ts';
import { tags as tagsSchema, type Tags } from '../contracts/tags.ts';
import { tag } from './tag.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-tag-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function tagOf(
  audio: Float32Array,
  sampleRate: number,
  signal = new AbortController().signal,
): Promise<Tags> {
  const path = await writeWav(join(folder, 'in.wav'), [audio], { sampleRate });
  const result = await tag({ audio: path }, { signal, directory: folder, progress: () => undefined });
  expect(JSON.stringify(result)).not.toContain('NaN');
  return tagsSchema.parse(result);
}

/** Notes as decaying harmonic tones. */
function song(
  sampleRate: number,
  seconds: number,
  notes: readonly { readonly at: number; readonly pitch: number; readonly level: number }[],
  tuningCents = 0,
): Float32Array {
  const out = new Float64Array(Math.round(seconds * sampleRate));
  for (const { at, pitch, level } of notes) {
    const hz = 440 * 2 ** ((pitch - 69) / 12 + tuningCents / 1200);
    const from = Math.round(at * sampleRate);
    for (let n = from; n < Math.min(out.length, from + 0.6 * sampleRate); n++) {
      const t = (n - from) / sampleRate;
      for (let h = 1; h <= 4; h++) {
        if (h * hz < sampleRate / 2.2)
          out[n] = out[n]! + (level / h) * Math.exp(-6 * t) * Math.sin(2 * Math.PI * hz * h * t);
      }
    }
  }
  return Float32Array.from(out);
}

/** I V vi IV in D major, one chord a bar of `metre` beats, bass on the first, chord on every beat, quaver on top. */
function pop(bpm: number, metre: 3 | 4, seconds: number, start: number) {
  const beat = 60 / bpm;
  const chords = [
    [50, 62, 66, 69],
    [45, 61, 64, 69],
    [47, 62, 66, 71],
    [43, 62, 67, 71],
  ];
  const notes: { at: number; pitch: number; level: number }[] = [];
  for (let k = 0; start + k * beat < seconds; k++) {
    const [bass = 0, ...upper] = chords[Math.floor(k / metre) % 4]!;
    const at = start + k * beat;
    if (k % metre === 0) notes.push({ at, pitch: bass, level: 0.2 });
    for (const pitch of upper) notes.push({ at, pitch, level: 0.08 });
    notes.push({ at: at + beat / 2, pitch: upper[k % 3]! + 12, level: 0.05 });
  }
  return notes;
}

describe('tag', () => {
  it.each([
    { bpm: 96, metre: 4, sampleRate: 22050, cents: 30 },
    { bpm: 123, metre: 3, sampleRate: 16000, cents: -20 },
  ] as const)(
    'finds tempo, beats, bars and key of a tune in $metre at $bpm BPM',
    async ({ bpm, metre, sampleRate, cents }) => {
      const seconds = 22;
      const result = await tagOf(
        song(sampleRate, seconds, pop(bpm, metre, seconds - 1, 0.4), cents),
        sampleRate,
      );
      expect(result.tempo!.bpm).toBeCloseTo(bpm, 0);
      expect(result.tempo!.confidence).toBeGreaterThan(0.5);
      expect(result.key).toMatchObject({ tonic: 'D', mode: 'major' });
      const beat = 60 / bpm;
      const inside = result.beats.filter((time) => time > 2 && time < 19);
      for (const time of inside) {
        const off = Math.abs((time - 0.4) / beat - Math.round((time - 0.4) / beat)) * beat;
        expect(off).toBeLessThan(0.03);
      }
      expect(inside.length).toBeGreaterThan((16 / beat) | 0);
      const bars = result.downbeats.filter((time) => time > 2 && time < 19);
      for (const time of bars) expect(Math.round((time - 0.4) / beat) % metre).toBe(0);
      expect(bars.length).toBeGreaterThan(16 / (beat * metre) - 2);
      expect(result.beats).toEqual(expect.arrayContaining(result.downbeats));
    },
  );

  it('says nothing of silence, of one sample and of nothing at all', async () => {
    for (const frames of [0, 1, 100, 50_000]) {
      const result = await tagOf(new Float32Array(frames), 48000);
      expect(result).toMatchObject({ tempo: null, beats: [], downbeats: [], key: null });
      expect(result.loudness).toEqual({ integrated: null, range: null, truePeak: null });
      expect(result.durationSeconds).toBe(frames / 48000);
    }
  });

  it('finds no pulse and no key in a constant, and survives NaN, infinities and full-scale noise', async () => {
    const constant = await tagOf(new Float32Array(80_000).fill(0.5), 16000);
    expect(constant.key).toBeNull();
    const bad = Float32Array.from({ length: 60_000 }, (_, n) => Math.sin(n * n * 0.7));
    bad[5000] = Number.NaN;
    bad[5001] = Number.NEGATIVE_INFINITY;
    expect((await tagOf(bad, 8000)).loudness.truePeak).toBeGreaterThan(-1);
  });

  it('finds no tempo in a steady tone', async () => {
    const tone = Float32Array.from(
      { length: 12 * 16000 },
      (_, n) => 0.3 * Math.sin((2 * Math.PI * 330 * n) / 16000),
    );
    const result = await tagOf(tone, 16000);
    expect(result.tempo?.confidence ?? 0).toBeLessThan(0.5);
  });

  it('stops when it is cancelled and leaves nothing behind', async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(tagOf(new Float32Array(100_000), 48000, abort.signal)).rejects.toThrow('abort');
    expect(await readdir(folder)).toEqual(['in.wav']);
  });
});
