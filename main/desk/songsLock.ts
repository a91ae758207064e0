import { join } from 'node:path';
import Database from 'libsql';
import { SoniError } from '../contracts/errors.ts';
import { databaseError } from '../engine/session/databaseError.ts';
import { SessionOwner } from '../engine/session/owner.ts';
import { makeFolder } from '../platform/makeFolder.ts';

/** How long to wait for a process that is just closing. */
const patienceMs = 1000;

/**
 * The songs' folder, held by one process: two that write song records would undo each other's work. The lock is one of the
 * system's on a file (SQLite's exclusive transaction), so that it is free again however its holder ends.
 */
export class SongsLock implements Disposable {
  private constructor(
    private readonly database: Database.Database,
    private readonly owner: SessionOwner,
  ) {}

  /** @throws SoniError `busy` when another process holds it | `denied` | `no-space` */
  static async take(directory: string): Promise<SongsLock> {
    await makeFolder(directory);
    const path = join(directory, 'lock.sqlite');
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { timeout: patienceMs });
      database.exec('BEGIN EXCLUSIVE');
      return new SongsLock(database, await SessionOwner.take(directory));
    } catch (thrown) {
      database?.close();
      const error = databaseError(thrown, path);
      if (error.kind !== 'busy') throw error;
      throw new SoniError(
        'busy',
        `The songs in ${directory} are open in ${SessionOwner.holder(directory)} already. Use its window, or end it first; SONIDESK_HOME names another folder.`,
        error.detail,
        { cause: error },
      );
    }
  }

  [Symbol.dispose](): void {
    this.owner.release();
    try {
      // Closing alone keeps the lock until the library's statements have been garbage collected.
      this.database.exec('ROLLBACK');
    } finally {
      this.database.close();
    }
  }
}
