import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { identify, isRunning, processIdentity, type ProcessIdentity } from './processIdentity.ts';

const ownerRecord = z.object({ owner: processIdentity, hosts: z.array(processIdentity) });
type OwnerRecord = z.infer<typeof ownerRecord>;

const fileOf = (directory: string) => join(directory, 'owner.json');

/** Orphaned inference hosts end by themselves when their engine is gone, after their chunk at the latest. */
const orphanPatienceMs = 3000;
const orphanEndMs = 2000;

/**
 * Who works in a session folder, by process number. The lock itself is SQLite's (the system frees it when a
 * process dies); this record gives it a name, and tells of inference hosts that a killed engine left behind.
 */
export class SessionOwner {
  readonly #record: OwnerRecord = { owner: identify(process.pid), hosts: [] };

  private constructor(private readonly directory: string) {}

  /** Who holds the session now, for a message. */
  static holder(directory: string): string {
    const record = readRecord(directory);
    return record === null || !isRunning(record.owner)
      ? 'another process'
      : `another SoniDesk (process ${record.owner.pid})`;
  }

  static isHeld(directory: string): boolean {
    const record = readRecord(directory);
    return record !== null && [record.owner, ...record.hosts].some(isRunning);
  }

  /**
   * To be called with the lock held. Waits for hosts of a dead owner, so that two never write in one folder.
   * @throws SoniError `busy` when such a host does not end
   */
  static async take(directory: string): Promise<SessionOwner> {
    for (const orphan of readRecord(directory)?.hosts ?? []) await waitForOrphan(orphan);
    const owner = new SessionOwner(directory);
    owner.#write();
    return owner;
  }

  addHost(pid: number): void {
    this.#record.hosts = [...this.#record.hosts.filter(isRunning), identify(pid)];
    this.#write();
  }

  release(): void {
    rmSync(fileOf(this.directory), { force: true });
  }

  #write(): void {
    try {
      writeFileSync(fileOf(this.directory), JSON.stringify(this.#record));
    } catch (thrown) {
      throw fileError(thrown, `write ${fileOf(this.directory)}`);
    }
  }
}

function readRecord(directory: string): OwnerRecord | null {
  try {
    return ownerRecord.parse(JSON.parse(readFileSync(fileOf(directory), 'utf8')));
  } catch {
    // None, or one that a killed process left half written: then there is no name to give.
    return null;
  }
}

async function waitForOrphan(orphan: ProcessIdentity): Promise<void> {
  if (await endsWithin(orphan, orphanPatienceMs)) return;
  // Only when it is surely the same process: a number alone may belong to somebody else by now.
  if (orphan.started !== null) process.kill(orphan.pid, 'SIGKILL');
  if (await endsWithin(orphan, orphanEndMs)) return;
  throw new SoniError(
    'busy',
    `The inference process of an earlier run (process ${orphan.pid}) is still ending. Try again in a moment.`,
  );
}

async function endsWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  for (let waited = 0; isRunning(identity); waited += 20) {
    if (waited >= milliseconds) return false;
    await sleep(20);
  }
  return true;
}
