import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSource } from '../decode/openSource.ts';
import { openWav } from '../wav/wavReader.ts';
import { createWav } from '../wav/wavWriter.ts';
import { createFlac } from './flacWriter.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-flac-'));
});
afterEach(() => rm(folder, { recursive: true }));

const frames = 30_000;
/** Tones, beyond full scale at times, with the last bits busy. */
const planes = [0, 1].map((channel) =>
  Float32Array.from(
    { length: frames },
    (_, at) => 1.1 * Math.sin(at * 0.01 * (channel + 1) + at * at * 1e-6),
  ),
);

async function decoded(path: string): Promise<Float32Array[]> {
  const source = await openSource(path);
  const all = [new Float32Array(frames), new Float32Array(frames)];
  let done = 0;
  for await (const block of source.blocks()) {
    block.forEach((plane, channel) => all[channel]!.set(plane, done));
    done += block[0]!.length;
  }
  await source.close();
  expect(done).toBe(frames);
  return all;
}

describe('a FLAC file', () => {
  it('holds the samples of the 24-bit WAV file, bit for bit', async () => {
    const options = { sampleRate: 48_000, channels: 2 };
    const flac = await createFlac(join(folder, 'a.flac'), {
      ...options,
      frames,
      timeReference: 172_800_000,
      title: 'Ä song',
    });
    const wav = await createWav(join(folder, 'a.wav'), { ...options, encoding: 'int24' });
    for (let at = 0; at < frames; at += 7001) {
      const piece = planes.map((plane) => plane.subarray(at, Math.min(frames, at + 7001)));
      await flac.write(piece);
      await wav.write(piece);
    }
    await flac.close();
    await wav.close();
    const reader = await openWav(join(folder, 'a.wav'));
    const expected = await reader.read(0, frames);
    await reader.close();
    expect(await decoded(join(folder, 'a.flac'))).toEqual(expected);
    const bytes = await readFile(join(folder, 'a.flac'));
    expect(bytes.subarray(0, 400).toString()).toContain('TIME_REFERENCE=172800000');
    expect(bytes.subarray(0, 400).toString()).toContain('TITLE=Ä song');
    expect(bytes.length).toBeLessThan(frames * 6);
  });

  it('leaves nothing behind when it is given up', async () => {
    const flac = await createFlac(join(folder, 'b.flac'), {
      sampleRate: 44_100,
      channels: 2,
      frames,
      timeReference: null,
      title: 'b',
    });
    await flac.write(planes);
    await flac.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses what the format does not hold', async () => {
    const options = { sampleRate: 48_000, channels: 9, frames, timeReference: null, title: '' };
    await expect(createFlac(join(folder, 'c.flac'), options)).rejects.toMatchObject({ kind: 'unsupported' });
  });
});
