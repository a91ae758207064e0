import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** No more writing, whoever asks: unlike file modes this holds for root too. */
  makeReadOnly(): void;
}

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;

/** A file system in memory of a few kilobytes. Null where this user may not mount one. */
export function smallDisk(kilobytes: number): SmallDisk | null {
  if (process.platform !== 'linux') return null;
  const path = mkdtempSync(join(tmpdir(), 'sonidesk-disk-'));
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path)) {
    rmdirSync(path);
    if (process.env['CI'] === 'true')
      throw new Error('Nothing is skipped in CI: run it as a user who may mount a tmpfs.');
    return null;
  }
  return {
    path,
    makeReadOnly: () => {
      if (!mount('-o', 'remount,ro', path)) throw new Error(`cannot remount ${path} read-only`);
    },
    [Symbol.dispose]: () => {
      spawnSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}
