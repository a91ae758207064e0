import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';

/** Hashes that are remembered while a file keeps its size, times and inode. */
export interface HashMemory {
  get(path: string, identity: string): string | undefined;
  put(path: string, identity: string, sha256: string): void;
}

/**
 * SHA-256 of a file's content, streamed.
 * @throws SoniError `not-found` | `denied` | `bad-input` (a folder, or a file that changes meanwhile) | `cancelled`
 */
export async function hashFile(path: string, memory: HashMemory, signal?: AbortSignal): Promise<string> {
  try {
    const real = await realpath(path);
    const before = await identityOf(real, path);
    const known = memory.get(real, before);
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    await pipeline(
      createReadStream(real, { highWaterMark: 1 << 20 }),
      hash,
      signal === undefined ? {} : { signal },
    );
    if ((await identityOf(real, path)) !== before) {
      throw new SoniError(
        'bad-input',
        `${path} changed while it was read. Wait until it is complete and try again.`,
      );
    }
    const sha256 = hash.digest('hex');
    memory.put(real, before, sha256);
    return sha256;
  } catch (thrown) {
    throw fileError(thrown, `read ${path}`);
  }
}

async function identityOf(real: string, path: string): Promise<string> {
  const found = await stat(real, { bigint: true });
  if (!found.isFile()) {
    const what = found.isDirectory() ? 'a folder' : 'no regular file';
    throw new SoniError('bad-input', `${path} is ${what}; an audio file was expected.`);
  }
  return `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
}
