import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/buildProgram.ts';
import { folderContent } from './folderContent.ts';
import { seededRandom } from './seededRandom.ts';

/**
 * `kill -9` of the engine in the middle of a job, again and again, with operations that write in chunks and
 * leave checkpoints. Every life goes on where the last one was cut; the end is bit-equal to an undisturbed run.
 */
const seed = Number(process.env['SEED'] ?? 20_261);
const kills = 20;
const chunks = 60;
/** Kills that may fall into the moment in which an operation ends. */
const unlucky = 3;

let hostProgram: Awaited<ReturnType<typeof buildProgram>>;
let engineProgram: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
beforeAll(async () => {
  hostProgram = await buildProgram('test/support/scriptedHost.ts');
  engineProgram = await buildProgram('test/support/engineProgram.ts');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-kill-'));
  await writeFile(join(folder, 'song.wav'), 'a song');
});
afterAll(async () => {
  await hostProgram.remove();
  await engineProgram.remove();
  await rm(folder, { recursive: true });
});

function life(name: string) {
  const order = {
    hostScript: hostProgram.script,
    hostEnv: { SCRIPT: JSON.stringify({ chunks, chunkMs: 8, log: join(folder, `${name}.log`) }) },
    sessionDirectory: join(folder, name),
    request: { inputs: [join(folder, 'song.wav')], outputDirectory: join(folder, `${name}-out`) },
  };
  const child = spawn(process.execPath, [engineProgram.script, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SONIDESK_HOME: join(folder, 'home') },
  });
  return { child, ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
}

const log = async (name: string) =>
  (await readFile(join(folder, `${name}.log`), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('chunk'));

/** What the user gets; run.json is left out, as it tells how long it took. */
async function outcome(name: string): Promise<Record<string, string>> {
  const { 'run.json': _times, ...content } = await folderContent(join(folder, `${name}-out`));
  return content;
}

describe('kill -9 of the engine', () => {
  it(`${kills} times at random points: resumes, loses nothing, ends bit-equal`, async () => {
    expect(await life('calm').ended).toEqual([0, null]);
    const calm = await outcome('calm');
    const whole = (await log('calm')).length;
    const random = seededRandom(seed);
    let killed = 0;
    // A job that gets done meanwhile is checked, and the killing goes on with a new one.
    for (let round = 0; killed < kills; round++) {
      const name = `killed-${round}`;
      const before = killed;
      for (let finished = false; !finished;) {
        const { child, ended } = life(name);
        if (killed < kills) {
          // Once it works, at any point of what a life may get done; sometimes already while it starts.
          if (random() < 0.85) await Promise.race([once(child.stdout, 'data'), ended]);
          await Promise.race([sleep(random() * 250), ended]);
          if (child.kill('SIGKILL')) killed++;
        }
        const [code] = await ended;
        finished = code === 0;
        // Never a half result in the place where the user looks.
        const visible = finished ? [] : await readdir(join(folder, `${name}-out`)).catch(() => []);
        expect(visible.filter((each) => !each.endsWith('.partial'))).toEqual([]);
      }
      expect(await outcome(name), `seed ${seed}, round ${round}`).toEqual(calm);
      // A kill costs at most the chunk under way in each of the two lanes; only one that falls between an
      // operation's last chunk and the record of its result repeats that operation.
      const mostChunks = whole + 2 * (killed - before) + unlucky * chunks;
      expect((await log(name)).length).toBeLessThanOrEqual(mostChunks);
    }
  });
});
