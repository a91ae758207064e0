import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../test/support/writeWav.ts';
import { operations } from '../../contracts/operations.ts';
import { openWav } from '../wav/wavReader.ts';
import { foldChannels } from './foldChannels.ts';
import { resample } from './resampleOperation.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-resample-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const source = (channels: number, frames: number): Promise<string> =>
  writeWav(
    join(folder, 'source.wav'),
    Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: frames }, (__, n) => 0.1 * (channel + 1) * Math.sin(n / 30)),
    ),
    { encoding: 'int16' },
  );

describe('resample', () => {
  it('converts rate and channels, reports progress and leaves only its result', async () => {
    const directory = await mkdtemp(join(folder, 'run-'));
    await writeFile(join(directory, 'audio.wav.growing'), 'x');
    await writeFile(join(directory, 'state.checkpoint.1-dead.partial'), 'x');
    const seen: number[] = [];
    const output = await resample(
      { audio: await source(1, 100_000), sampleRate: 44_100, channels: 2 },
      { signal: new AbortController().signal, directory, progress: ({ done }) => void seen.push(done) },
    );
    expect(operations.resample.output.parse(output)).toEqual({
      audio: 'audio.wav',
      sampleRate: 44_100,
      channels: 2,
      frames: 91_875,
    });
    expect(seen).toEqual([65_536, 100_000]);
    expect(await readdir(directory)).toEqual(['audio.wav']);
    const reader = await openWav(join(directory, 'audio.wav'));
    const [left, right] = await reader.read(0, reader.frames);
    await reader.close();
    expect(left!.length).toBe(91_875);
    expect(right).toEqual(left);
  });

  it('stops when cancelled, with nothing under the final name', async () => {
    const directory = await mkdtemp(join(folder, 'run-'));
    const controller = new AbortController();
    const run = resample(
      { audio: await source(2, 300_000), sampleRate: 44_100, channels: 2 },
      { signal: controller.signal, directory, progress: () => controller.abort() },
    );
    await expect(run).rejects.toThrow('aborted');
    expect(await readdir(directory)).toEqual(['audio.wav.growing']);
  });

  it('handles no frames', async () => {
    const directory = await mkdtemp(join(folder, 'run-'));
    const context = { signal: new AbortController().signal, directory, progress: () => {} };
    const input = { audio: await source(2, 0), sampleRate: 44_100, channels: 1 } as const;
    expect((await resample(input, context)).frames).toBe(0);
  });
});

describe('foldChannels', () => {
  const planes = (...values: number[]) => values.map((value) => Float32Array.of(value));
  const folded = (channels: 1 | 2, ...values: number[]) =>
    foldChannels(planes(...values), channels).map((plane) => Number(plane[0]!.toFixed(5)));

  it('follows the layouts', () => {
    expect(folded(1, 0.5, 0.25)).toEqual([0.375]);
    expect(folded(2, 0.5)).toEqual([0.5, 0.5]);
    expect(folded(2, 0.1, 0.2)).toEqual([0.1, 0.2]);
    expect(folded(2, 0.2, 0.4, 0.6)).toEqual([0.4, 0.5]); // L R C
    expect(folded(2, 0.2, 0.4, 0.6, 0.8)).toEqual([0.4, 0.6]); // L R Ls Rs
    expect(folded(2, 0.3, 0.6, 0.9, 0.3, 0.6)).toEqual([0.5, 0.7]); // L R C Ls Rs
    expect(folded(2, 0.1, 0.2, 0.4, 1, 0.2, 0)).toEqual([0.52426, 0.48284]); // 5.1
    expect(folded(2, 0.4, 0.8, 0, 1, 0, 0, 0, 0)).toEqual([0.1, 0.2]); // 7.1
    expect(folded(1, 0.1, 0.2, 0.3, 0.4)).toEqual([0.25]);
  });
});
