import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './fileError.ts';

/**
 * Makes a folder and those above it, as far as they are missing.
 * @returns whether it was made now
 * @throws SoniError `denied` | `no-space` | `bad-input`
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true })) !== undefined;
  } catch (thrown) {
    throw fileError(await plainReason(path, thrown), `make the folder ${path}`);
  }
}

/**
 * Node's recursive mkdir says ENOENT where the disk is read-only: the plain call on the
 * first missing folder gives the real reason.
 */
async function plainReason(path: string, reason: unknown): Promise<unknown> {
  let missing = path;
  for (;;) {
    const above = dirname(missing);
    if (above === missing) return reason;
    if (await stat(above).catch(() => null)) break;
    missing = above;
  }
  return mkdir(missing).then(
    () => reason,
    (plain: unknown) => plain,
  );
}
