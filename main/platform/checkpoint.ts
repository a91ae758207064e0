import { readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { SoniError } from '../contracts/errors.ts';
import { partialName } from './atomicFile.ts';
import { fileError } from './fileError.ts';

/** What changes while a piece of work runs, listed in a fixed order: once, for saving and for restoring. */
export type State = (archive: Archive) => void;

/** A part of some work, a filter or a meter, that can be put away and taken up again. */
export interface Stage {
  readonly state: State;
}

/** The checkpoint is of other work, or does not fit to what lies beside it: the work begins again. */
export class StaleCheckpoint extends Error {
  override readonly name = 'StaleCheckpoint';
}

type Samples = Float32Array | Float64Array;

/** Passes values to disk or back, so that a stage says in one place what its state is. */
export class Archive {
  #at = 0;

  constructor(
    readonly entries: unknown[],
    readonly restoring: boolean,
  ) {}

  /** The value to go on with: `current` while saving, while restoring the one that was saved at this place. */
  pass<T>(current: T): T {
    if (!this.restoring) {
      this.entries.push(current);
      return current;
    }
    const saved = this.entries[this.#at++];
    if (typeof saved !== typeof current) throw new StaleCheckpoint('A value of another kind was saved.');
    return saved as T;
  }

  /** The same for the content of an array that stays where it is. */
  inPlace(...arrays: readonly Samples[]): void {
    for (const array of arrays) {
      const saved = this.pass(array);
      if (saved === array) continue;
      if (saved.length !== array.length) throw new StaleCheckpoint('An array of another length was saved.');
      array.set(saved);
    }
  }

  get atEnd(): boolean {
    return this.#at === this.entries.length;
  }
}

/**
 * What a kill costs at most, in milliseconds of work, unless one block takes longer. The variable is for tests; 0
 * saves at every tick.
 */
const intervalMs = () => Number(process.env['SONIDESK_CHECKPOINT_MS'] ?? 2000);
/** Saving takes at most this part of the time, however large the state is. */
const mostShare = 0.05;

const fileName = (name: string) => `${name}.checkpoint`;
const record = z.object({ identity: z.string(), step: z.number(), content: z.array(z.unknown()) });

/**
 * How far some work has come, kept in the folder of the work: the results of the steps that are finished, each
 * in a file of its own, and the state in the middle of the one under way. Written beside and renamed, so that a
 * killed process leaves the old one or the new one; not forced to the disk (it has to outlive the process, not
 * the power). Values cross as V8 writes them: floats to the bit.
 */
export class Checkpoint {
  /** Set while there is a saved state that nobody has taken up. */
  #saved: { step: number; content: unknown[] } | null;
  readonly #found: boolean;
  #step = 0;
  #savedAt = performance.now();
  #tickedAt = this.#savedAt;
  #savingMs = 0;

  private constructor(
    private readonly directory: string,
    private readonly identity: string,
    saved: { step: number; content: unknown[] } | null,
  ) {
    this.#saved = saved;
    this.#found = saved !== null;
  }

  static async open(directory: string, identity: string): Promise<Checkpoint> {
    return new Checkpoint(directory, identity, await read(join(directory, fileName('state')), identity));
  }

  /** Whether there was anything to go on from. */
  get found(): boolean {
    return this.#found;
  }

  /**
   * A step of the work: run, or its result as it was before the work was interrupted. Steps come in the same
   * order every time. Results are plain data: numbers, text, typed arrays, objects and arrays of these.
   */
  async step<Result>(work: () => Promise<Result>): Promise<Result> {
    const path = join(this.directory, fileName(`step-${this.#step}`));
    const finished = await read(path, this.identity);
    const result = finished === null ? await work() : (finished.content[0] as Result);
    if (finished === null) await this.#write(path, [result]);
    this.#step++;
    return result;
  }

  /** Puts the step under way back to where it was saved; nothing happens where nothing was. */
  restore(state: State): void {
    const saved = this.#saved;
    if (saved === null || saved.step !== this.#step) return;
    this.#saved = null;
    const archive = new Archive(saved.content, true);
    state(archive);
    if (!archive.atEnd) throw new StaleCheckpoint('More was saved than is known.');
  }

  /**
   * To be called between blocks: saves when one more block like the last would be too much to lose, so after
   * each where blocks are long. `before` brings what it speaks of to the disk.
   */
  async tick(state: State, before?: () => Promise<void>): Promise<void> {
    const interval = intervalMs();
    const waitMs = interval === 0 ? 0 : Math.max(interval, this.#savingMs / mostShare);
    const started = performance.now();
    const blockMs = started - this.#tickedAt;
    this.#tickedAt = started;
    if (started - this.#savedAt + blockMs < waitMs) return;
    await before?.();
    const archive = new Archive([], false);
    state(archive);
    await this.#write(join(this.directory, fileName('state')), archive.entries);
    this.#savedAt = this.#tickedAt = performance.now();
    this.#savingMs = this.#savedAt - started;
  }

  async #write(path: string, content: unknown[]): Promise<void> {
    const bytes = serialize({ identity: this.identity, step: this.#step, content });
    const partial = partialName(path);
    try {
      await writeFile(partial, bytes);
      await rename(partial, path);
    } catch (thrown) {
      await rm(partial, { force: true });
      throw fileError(thrown, `write the checkpoint ${path}`);
    }
  }

  /** Removes all that it has written. */
  async remove(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (/\.checkpoint(\..*\.partial)?$/.test(name)) await rm(join(this.directory, name), { force: true });
    }
  }
}

/** `null` when there is none, or it is of other work or damaged. */
async function read(path: string, identity: string) {
  try {
    const found = record.parse(deserialize(await readFile(path)));
    return found.identity === identity ? found : null;
  } catch {
    return null;
  }
}

/** Files beside a checkpoint that are missing or too short (somebody removed them) make it as useless. */
const isStale = (thrown: unknown): boolean =>
  thrown instanceof StaleCheckpoint ||
  (thrown instanceof SoniError && (thrown.kind === 'corrupt' || thrown.kind === 'not-found'));

/**
 * Work in a folder that goes on where it was killed. `work` builds its stages, restores them from the
 * checkpoint and ticks it between blocks; it is called again, without a checkpoint, when that turns out stale.
 * @param identity names the work: a checkpoint of anything else is not used
 */
export async function resumable<Result>(
  directory: string,
  identity: unknown,
  work: (checkpoint: Checkpoint) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const checkpoint = await Checkpoint.open(directory, JSON.stringify(identity));
    try {
      const result = await work(checkpoint);
      await checkpoint.remove();
      return result;
    } catch (thrown) {
      if (!checkpoint.found || !isStale(thrown)) throw thrown;
      await checkpoint.remove();
    }
  }
}
