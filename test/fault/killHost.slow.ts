import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asSoniError } from '../../main/contracts/errors.ts';
import { createEngine } from '../../main/engine/workflows/engine.ts';
import { directories } from '../../main/platform/directories.ts';
import { buildProgram } from '../support/buildProgram.ts';
import { watchHandles } from '../support/leaks.ts';
import { folderContent } from './folderContent.ts';
import { seededRandom } from './seededRandom.ts';
import { childrenOf } from './childrenOf.ts';

/**
 * `kill -9` of the inference host in the middle of jobs. Once under a job is put right by itself; whoever is
 * hit twice gets a clear error, and asking again goes on from the checkpoint.
 */
const seed = Number(process.env['SEED'] ?? 20_262);
const kills = 20;

let hostProgram: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
beforeAll(async () => {
  hostProgram = await buildProgram('test/support/scriptedHost.ts');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-kill-host-'));
  await writeFile(join(folder, 'song.wav'), 'a song');
});
afterAll(async () => {
  await hostProgram.remove();
  await rm(folder, { recursive: true });
});

const engineIn = (name: string) =>
  createEngine({
    hostProgram: {
      script: hostProgram.script,
      env: { SCRIPT: JSON.stringify({ chunks: 80, chunkMs: 8 }) },
    },
    directories: directories({ SONIDESK_HOME: join(folder, name) }),
  });

const request = (name: string) => ({
  inputs: [join(folder, 'song.wav')],
  outputDirectory: join(folder, `${name}-out`),
});

/** What the user gets; run.json is left out, as it tells how long it took. */
async function outcome(name: string): Promise<Record<string, string>> {
  const { 'run.json': _times, ...content } = await folderContent(join(folder, `${name}-out`));
  return content;
}

describe('kill -9 of the inference host', () => {
  it(`${kills} times at random points: the job completes bit-equal, the engine lives on`, async () => {
    const noLeaks = watchHandles();
    const calm = await engineIn('calm');
    await calm.run(request('calm'));
    await calm.close();
    const expected = await outcome('calm');

    const random = seededRandom(seed);
    const state = { killing: true };
    let killed = 0;
    const killer = (async () => {
      while (killed < kills) {
        await sleep(50 + random() * 450);
        const hosts = childrenOf(process.pid, hostProgram.script);
        const victim = hosts[Math.floor(random() * hosts.length)];
        if (victim === undefined) continue;
        process.kill(victim, 'SIGKILL');
        killed++;
      }
      state.killing = false;
    })();
    // A job that gets done meanwhile is checked, and the killing goes on with a new one, from nothing.
    for (let round = 0; state.killing; round++) {
      const name = `killed-${round}`;
      const engine = await engineIn(name);
      for (let done = false; !done;) {
        try {
          await engine.run(request(name));
          done = true;
        } catch (thrown) {
          const { kind, message } = asSoniError(thrown);
          if (kind !== 'crashed' || !message.includes('SIGKILL')) throw thrown;
        }
      }
      await engine.close();
      expect(await outcome(name), `seed ${seed}, round ${round}`).toEqual(expected);
    }
    await killer;
    await noLeaks();
  });
});
