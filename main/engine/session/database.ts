import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { databaseError } from './databaseError.ts';
import { migrations, sessionFormat } from './migrations.ts';
import { SessionOwner } from './owner.ts';

export const sessionFile = 'session.sqlite';
export const backupFile = 'session.backup.sqlite';

/** How long to wait for a process that is just closing the session. */
const busyTimeoutMs = 500;

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

const corruptHelp = (directory: string) =>
  existsSync(join(directory, backupFile))
    ? `Your audio and finished results in this folder are safe. Rename ${sessionFile} to keep it aside, then ` +
      `rename ${backupFile} (made automatically whenever the session is opened or closed whole) to ${sessionFile}.`
    : `Your audio and finished results in this folder are safe. Rename ${sessionFile} to keep it aside; the ` +
      'next run makes a new one and finds the results again.';

type Value = string | number | null;

/** The session's SQLite file, held by one process at a time. */
export class SessionDatabase {
  #database: Database.Database | undefined;

  private constructor(
    private readonly directory: string,
    database: Database.Database,
  ) {
    this.#database = database;
  }

  /**
   * Opens or makes the file in a folder that exists, takes the lock and brings it to the present format.
   * @throws SoniError `busy` | `newer-format` | `corrupt` | `denied` | `no-space`
   */
  static open(directory: string): SessionDatabase {
    const path = join(directory, sessionFile);
    let database: Database.Database | undefined;
    try {
      database = new Database(path, { timeout: busyTimeoutMs });
      // With exclusive locking mode the first access takes the system's file lock and keeps it; the system
      // frees it when this process ends, however it ends. The WAL index then lives in memory.
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON');
      const version = userVersion(database);
      if (version > sessionFormat) {
        throw new SoniError(
          'newer-format',
          `${path} was written by a newer SoniDesk (format ${version}; this one knows up to ${sessionFormat}). ` +
            'Update SoniDesk to open it; nothing was changed.',
        );
      }
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      database.exec('BEGIN EXCLUSIVE');
      for (const step of migrations.slice(version)) database.exec(step);
      if (version !== sessionFormat) database.exec(`PRAGMA user_version = ${sessionFormat}`);
      database.exec('COMMIT');
      checkWhole(database, path);
      return new SessionDatabase(directory, database);
    } catch (thrown) {
      if (database !== undefined) letGo(database);
      const error = databaseError(thrown, path);
      if (error.kind === 'corrupt') {
        throw new SoniError('corrupt', `${error.message} ${corruptHelp(directory)}`, error.detail, {
          cause: error,
        });
      }
      if (error.kind === 'busy') {
        const message = `${directory} is in use by ${SessionOwner.holder(directory)}. Wait for it to finish, or choose another session folder.`;
        throw new SoniError('busy', message, error.detail, { cause: error });
      }
      throw error;
    }
  }

  /** Runs one statement. */
  run(sql: string, ...values: Value[]): void {
    this.#guard((database) => database.prepare(sql).run(...values));
  }

  all<Row>(row: z.ZodType<Row>, sql: string, ...values: Value[]): Row[] {
    return this.#guard((database) => database.prepare(sql).all(...values)).map((raw) =>
      this.#parse(row, raw),
    );
  }

  get<Row>(row: z.ZodType<Row>, sql: string, ...values: Value[]): Row | undefined {
    const raw = this.#guard((database) => database.prepare(sql).get(...values));
    return raw === undefined ? undefined : this.#parse(row, raw);
  }

  /** All or nothing. */
  transaction<Result>(work: () => Result): Result {
    return this.#guard((database) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (thrown) {
        // A full disk may have rolled back already.
        if (database.inTransaction) database.exec('ROLLBACK');
        throw thrown;
      }
    });
  }

  /** Copies the whole, checked file beside itself, under its name only when complete. */
  backUp(): void {
    const target = join(this.directory, backupFile);
    const partial = `${target}.partial`;
    try {
      rmSync(partial, { force: true });
      this.#guard((database) => database.exec(`VACUUM INTO ${quote(partial)}`));
      renameSync(partial, target);
    } catch (thrown) {
      rmSync(partial, { force: true });
      throw fileError(thrown, `write ${target}`);
    }
  }

  close(): void {
    if (this.#database !== undefined) letGo(this.#database);
    this.#database = undefined;
  }

  #parse<Row>(schema: z.ZodType<Row>, raw: unknown): Row {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw new SoniError(
      'corrupt',
      `${join(this.directory, sessionFile)} holds a row that cannot be read. ${corruptHelp(this.directory)}`,
      { issues: parsed.error.issues },
    );
  }

  #guard<Result>(work: (database: Database.Database) => Result): Result {
    if (this.#database === undefined) throw new SoniError('internal', 'The session has been closed.');
    try {
      return work(this.#database);
    } catch (thrown) {
      throw databaseError(thrown, join(this.directory, sessionFile));
    }
  }
}

/**
 * Closes the file and gives the lock back at once. Closing alone would not: the library keeps the connection
 * until its statements have been garbage collected. Leaving WAL mode also makes the session one plain file.
 */
function letGo(database: Database.Database): void {
  try {
    database.exec(
      'PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_schema',
    );
  } catch {
    // Damaged, locked by another or on a full disk: nothing is lost, the WAL is read when it is next opened.
  }
  database.close();
}

const versionRow = z.object({ user_version: z.number().int() });
const userVersion = (database: Database.Database) =>
  versionRow.parse(database.prepare('PRAGMA user_version').get()).user_version;

/** Reads the whole file; at the size of a session (a few MB at most) that takes milliseconds. */
function checkWhole(database: Database.Database, path: string): void {
  const rows = database.prepare('PRAGMA quick_check').all();
  const first = z.object({ quick_check: z.string() }).safeParse(rows[0]);
  if (first.success && first.data.quick_check === 'ok') return;
  const found = first.success ? first.data.quick_check : 'its check did not run';
  throw new SoniError('corrupt', `${path} is damaged (${found}).`);
}
