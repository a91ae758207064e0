import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import { fileError } from './fileError.ts';

/**
 * Makes a folder and those above it, as far as they are missing. One plain call each: Node's recursive mkdir says
 * ENOENT where the disk is read-only, and never ends where a file system answers so itself (`/proc` on Linux).
 * @returns whether it was made now
 * @throws SoniError `denied` | `no-space` | `bad-input` | `not-found`
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    return await make(resolve(path));
  } catch (thrown) {
    throw fileError(thrown, `make the folder ${path}`);
  }
}

async function make(path: string): Promise<boolean> {
  if (await isFolder(path)) return false;
  // A file in the way is left for the plain call to find: it says best what is wrong.
  const above = dirname(path);
  if (!(await isThere(above))) await make(above);
  try {
    await mkdir(path);
    return true;
  } catch (thrown) {
    // Somebody else made it in the meantime.
    if (await isFolder(path)) return false;
    if (await isThere(path))
      throw new SoniError('bad-input', `${path} is a file; a folder was expected there.`);
    throw thrown;
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
