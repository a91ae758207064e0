import { join } from 'node:path';
import { makeFolder } from '../../platform/makeFolder.ts';
import { SessionDatabase } from './database.ts';
import { DecisionTable } from './decisionTable.ts';
import { FileHashTable } from './fileHashTable.ts';
import { JobTable } from './jobTable.ts';
import { SessionOwner } from './owner.ts';
import { ResultTable } from './resultTable.ts';
import { ReturnTable } from './returnTable.ts';
import { TrackTable } from './trackTable.ts';

/**
 * A session folder, held by this process until it is closed: the SQLite file, `audio/` with the takes and
 * `results/` with what was computed.
 */
export class Session {
  readonly tracks: TrackTable;
  readonly jobs: JobTable;
  readonly results: ResultTable;
  readonly decisions: DecisionTable;
  readonly returns: ReturnTable;
  readonly fileHashes: FileHashTable;

  private constructor(
    readonly directory: string,
    private readonly database: SessionDatabase,
    readonly owner: SessionOwner,
  ) {
    this.tracks = new TrackTable(database);
    this.jobs = new JobTable(database);
    this.results = new ResultTable(database);
    this.returns = new ReturnTable(database);
    this.decisions = new DecisionTable(database);
    this.fileHashes = new FileHashTable(database);
  }

  /**
   * Opens the session in `directory`, or makes one. Jobs that a killed process left running become
   * `interrupted`; a copy of the whole file is put beside it.
   * @throws SoniError `busy` | `newer-format` | `corrupt` | `denied` | `no-space`
   */
  static async open(directory: string): Promise<Session> {
    await makeFolder(directory);
    const database = SessionDatabase.open(directory);
    try {
      const owner = await SessionOwner.take(directory);
      for (const folder of ['audio', 'results']) {
        await makeFolder(join(directory, folder));
      }
      const session = new Session(directory, database, owner);
      session.jobs.interruptRunning();
      database.backUp();
      return session;
    } catch (thrown) {
      database.close();
      throw thrown;
    }
  }

  /** Several changes as one: all or none, written to disk once. */
  transaction<Result>(work: () => Result): Result {
    return this.database.transaction(work);
  }

  get audioDirectory(): string {
    return join(this.directory, 'audio');
  }

  get resultsDirectory(): string {
    return join(this.directory, 'results');
  }

  close(): void {
    try {
      this.database.backUp();
    } catch {
      // A full disk: the last good backup stays.
    }
    this.owner.release();
    this.database.close();
  }
}
