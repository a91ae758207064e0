import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importTinyPack } from '../cli/tinyPack.ts';
import { tone, wave } from '../cli/waveFiles.ts';
import { buildProgram } from '../support/buildProgram.ts';
import { childrenOf } from './childrenOf.ts';
import { folderContent } from './folderContent.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * The real inference host with the real operations (decode, resample, tags, separation with a small network,
 * mix, render): engine and hosts are killed with `kill -9` in turn, at random points of a job, until it is
 * done. The end is bit-equal to an undisturbed run.
 */
const seed = Number(process.env['SEED'] ?? 20_263);
const kills = 20;
const hostScript = resolve('dist/inference-host.js');

let engineProgram: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
beforeAll(async () => {
  engineProgram = await buildProgram('test/support/engineProgram.ts');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-kill-real-'));
  await writeFile(join(folder, 'song.wav'), wave(44_100 * 90, tone));
  for (const [name, sampleRate] of [
    ['drums.wav', 44_100],
    ['bass.wav', 48_000],
  ] as const) {
    await writeFile(join(folder, name), wave(sampleRate * 60, tone, { sampleRate }));
  }
  await importTinyPack(folder, 150);
}, 120_000);
afterAll(async () => {
  await engineProgram.remove();
  await rm(folder, { recursive: true });
});

function life(name: string, files: readonly string[]) {
  const order = {
    hostScript,
    hostEnv: { SONIDESK_CHECKPOINT_MS: '50' },
    sessionDirectory: join(folder, name),
    request: {
      inputs: files.map((file) => join(folder, file)),
      outputDirectory: join(folder, `${name}-out`),
      separationPack: 'tiny',
      transcription: 'off',
    },
  };
  const child = spawn(process.execPath, [engineProgram.script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SONIDESK_HOME: folder },
  });
  return { child, ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
}

/** What the user gets; run.json is left out, as it tells how long it took. */
async function outcome(name: string): Promise<Record<string, string>> {
  const { 'run.json': _times, ...content } = await folderContent(join(folder, `${name}-out`));
  return content;
}

describe('kill -9 with the real operations', () => {
  it.each([
    ['a song', ['song.wav']],
    ['a session of two rates', ['drums.wav', 'bass.wav']],
  ])(`${kills} times, engine and hosts in turn, on %s: ends bit-equal`, async (what, files) => {
    expect(await life(`${what} calm`, files).ended).toEqual([0, null]);
    const calm = await outcome(`${what} calm`);
    const random = seededRandom(seed);
    let killed = 0;
    // A job that gets done meanwhile is checked, and the killing goes on with a new one.
    for (let round = 0; killed < kills; round++) {
      const name = `${what} killed-${round}`;
      for (let finished = false; !finished;) {
        const { child, ended } = life(name, files);
        await Promise.race([once(child.stdout, 'data'), ended]);
        // Hosts are hit while the engine lives on; then the engine itself.
        for (let alive = true; alive && killed < kills;) {
          await Promise.race([sleep(random() * 600), ended]);
          const hosts = childrenOf(child.pid!, hostScript);
          const host = hosts[Math.floor(random() * hosts.length)];
          alive = child.exitCode === null && child.signalCode === null;
          if (!alive) break;
          if (host !== undefined && random() < 0.5) {
            process.kill(host, 'SIGKILL');
          } else {
            child.kill('SIGKILL');
            alive = false;
          }
          killed++;
        }
        const [code] = await ended;
        finished = code === 0;
        const visible = finished ? [] : await readdir(join(folder, `${name}-out`)).catch(() => []);
        expect(visible.filter((each) => !each.endsWith('.partial'))).toEqual([]);
      }
      expect(await outcome(name), `seed ${seed}, round ${round}`).toEqual(calm);
    }
  });
});
