import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { directories } from '../../platform/directories.ts';

/**
 * A graphics driver can take the whole process down. While a model is on another provider than the CPU a
 * file says so; a process that finds the file of a dead one, still fresh, knows what happened and lets
 * the CPU do the job that is tried again.
 */
const marker = z.object({ provider: z.string(), usedAt: z.number() });

/** The supervisor tries a job again within seconds; an older file tells of a machine that was switched off. */
const freshMs = 120_000;

const folder = () => join(directories().cache, 'providers');
const fileName = (packId: string, pid: number) => `${packId}.${pid}.in-use`;

/** Notes that this process is about to run the pack on the provider. */
export const markInUse = (packId: string, provider: string): Promise<void> =>
  writeFileAtomic(
    join(folder(), fileName(packId, process.pid)),
    JSON.stringify({ provider, usedAt: Date.now() }),
  );

/** Takes the note back. */
export const clearInUse = (packId: string): Promise<void> =>
  rm(join(folder(), fileName(packId, process.pid)), { force: true });

/** The provider under which a process died on this pack just now; the note of it is removed. */
export async function diedInUse(packId: string): Promise<string | undefined> {
  let died: string | undefined;
  for (const name of await readdir(folder()).catch(() => [])) {
    const pid = /\.(\d+)\.in-use$/.exec(name)?.[1];
    if (pid === undefined || name !== fileName(packId, Number(pid)) || isAlive(Number(pid))) continue;
    const path = join(folder(), name);
    const text = await readFile(path, 'utf8').catch(() => '');
    await rm(path, { force: true });
    const found = marker.safeParse(parseJson(text));
    if (found.success && Date.now() - found.data.usedAt < freshMs) died = found.data.provider;
  }
  return died;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // died while writing it: as good as none
  }
}
