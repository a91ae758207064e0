import { createHash } from 'node:crypto';
import { readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import { backupFile, sessionFile } from './database.ts';
import { sessionFormat } from './migrations.ts';
import { SessionOwner } from './owner.ts';
import { Session } from './session.ts';

const pollMs = 300;

/**
 * Where work on some files is kept when the user names no session: one folder per set of files, so that other
 * files can be worked on at the same time, and asking again finds what was done.
 */
export async function cacheSessionDirectory(root: string, files: readonly string[]): Promise<string> {
  const real = await Promise.all(files.map((file) => realpath(file).catch(() => resolve(file))));
  const hash = createHash('sha256').update(JSON.stringify([sessionFormat, [...new Set(real)].sort()]));
  return join(root, hash.digest('hex').slice(0, 32));
}

/**
 * Opens such a session. It waits while another process works on the same files, and a damaged one is put
 * right by itself: all it holds can be found or computed again.
 * @throws SoniError `denied` | `no-space` | `cancelled`
 */
export async function openCacheSession(
  directory: string,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<Session> {
  let told = false;
  let mended = false;
  for (;;) {
    if (signal.aborted) throw new SoniError('cancelled', 'Cancelled.');
    try {
      return await Session.open(directory);
    } catch (thrown) {
      const error = asSoniError(thrown);
      if (error.kind === 'corrupt' && !mended) {
        mended = true;
        await rename(join(directory, sessionFile), join(directory, `${sessionFile}.damaged`));
        for (const extra of [`${sessionFile}-wal`, `${sessionFile}-shm`, backupFile]) {
          await rm(join(directory, extra), { force: true });
        }
        note('The index of the cache was damaged and has been made anew; finished results were kept.');
      } else if (error.kind === 'busy') {
        if (!told) note(`Waiting: these files are being worked on by ${SessionOwner.holder(directory)}.`);
        told = true;
        await sleep(pollMs);
      } else {
        throw error;
      }
    }
  }
}

/**
 * Removes the sessions that were opened longest ago until the rest is within the limit. Sessions in use stay,
 * so does `keep`.
 */
export async function pruneCacheSessions(root: string, limitBytes: number, keep: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  const sessions = await Promise.all(
    names.map(async (name) => {
      const directory = join(root, name);
      // The backup is written anew whenever the session is opened.
      const opened = await stat(join(directory, backupFile)).catch(() => stat(directory));
      return { directory, opened: opened.mtimeMs, bytes: await bytesIn(directory) };
    }),
  );
  let total = sessions.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { directory, bytes } of sessions.sort((a, b) => a.opened - b.opened)) {
    if (total <= limitBytes) return;
    if (directory === keep || SessionOwner.isHeld(directory)) continue;
    // Renamed first: a half removed session must not be found as one.
    const doomed = `${directory}.removed`;
    await rename(directory, doomed)
      .then(() => rm(doomed, { recursive: true, force: true }))
      .catch(() => undefined);
    total -= bytes;
  }
}

/** Bytes of all files below; what vanishes meanwhile counts nothing. */
async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
