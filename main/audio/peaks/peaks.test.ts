import * as fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../test/support/writeWav.ts';
import { operations } from '../../contracts/operations.ts';
import { PeaksBuilder } from './peaksBuilder.ts';
import { levelFor, planPeaks } from './peaksFormat.ts';
import { peaks } from './peaksOperation.ts';
import { openPeaks } from './peaksReader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-peaks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Straight from the definition. */
function direct(plane: Float32Array, start: number, frames: number): number[] {
  const part = [...plane.subarray(start, start + frames)];
  const squares = part.reduce((sum, value) => sum + value * value, 0);
  return [Math.min(...part), Math.max(...part), Math.sqrt(squares / part.length)].map(Math.fround);
}

const signal = (frames: number, channel: number) =>
  Float32Array.from({ length: frames }, (_, n) => Math.sin(n * n * 1e-6 + channel) * Math.cos(n / 50_000));

async function peaksOf(planes: Float32Array[]) {
  const directory = await mkdtemp(join(folder, 'run-'));
  const audio = await writeWav(join(folder, 'audio.wav'), planes);
  const output = await peaks(
    { audio },
    { signal: new AbortController().signal, directory, progress: () => {} },
  );
  return { directory, output: operations.peaks.output.parse(output) };
}

describe('peaks', () => {
  it('holds minimum, maximum and RMS at every level, read back in ranges', async () => {
    const planes = [signal(2_200_000, 0), signal(2_200_000, 1)];
    const { directory, output } = await peaksOf(planes);
    expect(output).toEqual({ peaks: 'peaks.bin', levels: 3 });
    expect(await readdir(directory)).toEqual(['peaks.bin']);
    const reader = await openPeaks(join(directory, 'peaks.bin'));
    expect(reader).toMatchObject({ sampleRate: 48_000, channels: 2, frames: 2_200_000 });
    for (const [index, { framesPerBin, bins }] of reader.levels.entries()) {
      expect(bins).toBe(Math.ceil(2_200_000 / framesPerBin));
      for (const bin of [0, 7, bins - 1]) {
        const values = await reader.read(index, bin, 1);
        const expected = planes.flatMap((plane) => direct(plane, bin * framesPerBin, framesPerBin));
        for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
      }
      expect(await reader.read(index, bins - 1, 10)).toHaveLength(6);
      expect(await reader.read(index, bins, 10)).toHaveLength(0);
    }
    await reader.close();
  });

  it('does not depend on the size of blocks', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.array(fc.nat(1500), { maxLength: 6 }), (frames, cuts) => {
        const plane = signal(frames, 0);
        const whole = new PeaksBuilder(8000, 1, frames);
        whole.process([plane]);
        const pieces = new PeaksBuilder(8000, 1, frames);
        let done = 0;
        for (const cut of [...cuts, frames]) {
          pieces.process([plane.subarray(done, done + cut)]);
          done += cut;
        }
        expect(pieces.finish()).toEqual(whole.finish());
      }),
      { numRuns: 50 },
    );
  });

  it('handles no samples and one sample', async () => {
    const none = await peaksOf([new Float32Array(0)]);
    expect(none.output.levels).toBe(1);
    const { directory } = await peaksOf([Float32Array.of(-0.5)]);
    const reader = await openPeaks(join(directory, 'peaks.bin'));
    expect([...(await reader.read(0, 0, 5))]).toEqual([-0.5, -0.5, 0.5]);
    await reader.close();
  });

  it('chooses a level with a bin or more for each pixel', () => {
    const header = planPeaks(48_000, 2, 48_000 * 3600 * 3);
    expect(header.levels.map((level) => level.framesPerBin)).toEqual([
      512, 2048, 8192, 32_768, 131_072, 524_288,
    ]);
    expect(levelFor(header, 10)).toBe(0);
    expect(levelFor(header, 2048)).toBe(1);
    expect(levelFor(header, 8000)).toBe(1);
    expect(levelFor(header, 1e9)).toBe(5);
  });

  it('refuses what is damaged or newer', async () => {
    const { directory } = await peaksOf([signal(1000, 0)]);
    const path = join(directory, 'peaks.bin');
    const bytes = await readFile(path);
    bytes[4] = 2;
    await writeFile(path, bytes);
    await expect(openPeaks(path)).rejects.toMatchObject({ kind: 'newer-format' });
    bytes[0] = 0;
    await writeFile(path, bytes);
    await expect(openPeaks(path)).rejects.toMatchObject({ kind: 'corrupt' });
    await truncate(path, 10);
    await expect(openPeaks(path)).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(openPeaks(join(directory, 'none'))).rejects.toMatchObject({ kind: 'not-found' });
  });
});
