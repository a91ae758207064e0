import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { installFactorsPack } from '../../../test/support/factorsPack.ts';
import { openWav } from '../../audio/wav/wavReader.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';
import { separate } from './separate.ts';

/** Minutes of noise that is different at every moment, written in seconds. */
async function writeNoise(path: string, sampleRate: number, minutes: number): Promise<void> {
  const writer = await createWav(path, { sampleRate, channels: 2, encoding: 'float32' });
  let state = 1;
  for (let second = 0; second < minutes * 60; second++) {
    const planes = [new Float32Array(sampleRate), new Float32Array(sampleRate)];
    for (const plane of planes) {
      for (let n = 0; n < sampleRate; n++) {
        state = Math.imul(state, 1_664_525) + 1_013_904_223;
        plane[n] = state / 2 ** 32;
      }
    }
    await writer.write(planes);
  }
  await writer.close();
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = await Promise.all(
    (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Largest resident set while `work` runs, in MB. */
async function peakOf(work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss() / 1e6)), 20);
  await work().finally(() => clearInterval(watch));
  return peak;
}

it('needs no more memory for a long file than for a short one and no disk but for the stems, at 48 kHz', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sonidesk-long-'));
  vi.stubEnv('SONIDESK_HOME', home);
  vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
  try {
    await installFactorsPack(home, 1 << 18);
    const run = async (minutes: number) => {
      const [source, model] = [join(home, 'source.wav'), join(home, 'model.wav')];
      await writeNoise(source, 48_000, minutes);
      await writeNoise(model, 44_100, minutes);
      const directory = join(home, `${minutes}`);
      await mkdir(directory);
      let mostBytes = 0;
      const memory = await peakOf(async () => {
        const input = { source, model, pack: 'factors', range: null };
        const looks: Promise<void>[] = [];
        const result = await separate(input, {
          directory,
          signal: new AbortController().signal,
          progress: () => {
            // What has been renamed or removed between listing and looking is counted the next time.
            const look = folderBytes(directory).catch(() => 0);
            looks.push(look.then((bytes) => void (mostBytes = Math.max(mostBytes, bytes))));
          },
        });
        await Promise.all(looks);
        expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
        const stem = await openWav(join(directory, 'vocals.wav'));
        expect(stem.frames).toBe(minutes * 60 * 48_000);
        await stem.close();
      });
      // Besides the stems there is a checkpoint of one overlap, the old and the new one for a moment.
      expect(mostBytes).toBeGreaterThan(0);
      expect(mostBytes).toBeLessThan((await folderBytes(directory)) + 16e6);
      return memory;
    };
    await run(1); // code and buffers
    const short = await run(2);
    const long = await run(12);
    console.log(`peak: ${short.toFixed(0)} MB for 2 minutes, ${long.toFixed(0)} MB for 12`);
    // Ten more minutes of one stereo signal are 230 MB: nothing of that length may be held, and garbage varies by less.
    expect(long).toBeLessThan(short + 200);
    expect(long).toBeLessThan(700);
  } finally {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  }
});
