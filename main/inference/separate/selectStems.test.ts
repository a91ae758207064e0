import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWav } from '../../audio/wav/wavWriter.ts';
import { openWav } from '../../audio/wav/wavReader.ts';
import { selectStems } from './selectStems.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-select-'));
});
afterEach(() => rm(folder, { recursive: true }));

const noise = (frames: number, seed: number) =>
  Float32Array.from({ length: frames }, (_, n) => Math.fround(Math.sin(seed * (n + 1) ** 1.3) * 0.4));

async function wav(name: string, plane: Float32Array): Promise<string> {
  const path = join(folder, name);
  const writer = await createWav(path, { sampleRate: 48_000, channels: 1, encoding: 'float32' });
  await writer.write([plane]);
  await writer.close();
  return path;
}

async function read(name: string): Promise<Float32Array> {
  const reader = await openWav(join(folder, name));
  const [plane] = await reader.read(0, reader.frames);
  await reader.close();
  return plane!;
}

const run = (source: string, stems: { stem: string; audio: string }[]) =>
  selectStems(
    { source, stems, remainder: 'rest' },
    { directory: folder, signal: new AbortController().signal, progress: () => {} },
  );

describe('selectStems', () => {
  it('keeps the chosen stems and writes what remains, summing to the source', async () => {
    const source = noise(70_000, 3);
    const bass = noise(70_000, 5);
    const audio = await wav('made-bass.wav', bass);
    const result = await run(await wav('source.wav', source), [{ stem: 'bass', audio }]);
    expect(result.stems).toEqual([
      { stem: 'bass', file: 'bass.wav' },
      { stem: 'rest', file: 'rest.wav' },
    ]);
    expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
    const [kept, rest] = [await read('bass.wav'), await read('rest.wav')];
    expect(kept.every((value, n) => Math.abs(value - bass[n]!) < 2 ** -23)).toBe(true);
    expect(rest.every((value, n) => Math.abs(kept[n]! + value - source[n]!) < 2 ** -22)).toBe(true);
  });

  it('takes stems of a beginning, and none that are not of the source', async () => {
    const source = await wav('source.wav', noise(9000, 3));
    await run(source, [{ stem: 'bass', audio: await wav('beginning.wav', noise(4000, 5)) }]);
    expect(await read('rest.wav')).toHaveLength(4000);
    const longer = await wav('longer.wav', noise(9001, 5));
    await expect(run(source, [{ stem: 'bass', audio: longer }])).rejects.toMatchObject({ kind: 'corrupt' });
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });
});
