import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { directories } from '../../platform/directories.ts';
import { fileError } from '../../platform/fileError.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
};

/** Folders of installations that died. */
async function removeLeftovers(packs: string): Promise<void> {
  for (const name of await readdir(packs)) {
    const pid = /\.(\d+)\.partial$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(packs, name), { recursive: true, force: true });
  }
}

/**
 * Calls `build` with an empty folder beside the installed packs and publishes what it built there by a
 * rename, in place of an older version. On any error nothing changes.
 * @param neededBytes refused up front when the disk has less
 */
export async function stage(
  target: string,
  neededBytes: number,
  build: (folder: string) => Promise<void>,
): Promise<void> {
  const { packs } = directories();
  const folder = `${target}.${process.pid}.partial`;
  const replaced = `${target}.old.${process.pid}.partial`;
  try {
    await mkdir(packs, { recursive: true });
    await removeLeftovers(packs);
    await refuseWhenFull(packs, neededBytes);
    await mkdir(folder);
    await build(folder);
    await rename(target, replaced).catch((thrown: unknown) => {
      const error = fileError(thrown, `replace ${target}`);
      if (error.kind !== 'not-found') throw error;
    });
    await rename(folder, target);
  } catch (thrown) {
    throw fileError(thrown, `write the pack folder ${dirname(folder)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

async function refuseWhenFull(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  throw new SoniError(
    'no-space',
    `Installing this pack takes ${megabytes(needed)} and ${folder} has ${megabytes(free)} free. Free some space and run it again.`,
  );
}
