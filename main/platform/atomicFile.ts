import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './fileError.ts';
import { makeFolder } from './makeFolder.ts';

/** A name beside `path` for writing, so that the final rename stays on one file system. */
export const partialName = (path: string): string =>
  `${path}.${process.pid}-${randomBytes(4).toString('hex')}.partial`;

/**
 * Writes a whole file beside its final name, flushes it to disk and renames it: a reader sees the old
 * file or the new one, never a half.
 * @param mode rights of the file, before the umask
 * @throws SoniError `denied` | `no-space` | `not-found`
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  const partial = partialName(path);
  try {
    await makeFolder(dirname(path));
    const file = await open(partial, 'w', mode);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (thrown) {
    // Where not even the folder is one, there is nothing to remove; the first error is the one to tell.
    await rm(partial, { force: true }).catch(() => undefined);
    throw fileError(thrown, `write ${path}`);
  }
}
