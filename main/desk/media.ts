import { createHmac, randomBytes } from 'node:crypto';
import { SoniError } from '../contracts/errors.ts';
import type { Lane } from '../contracts/desk.ts';
import type { DrawnFile } from './songRecord.ts';

/**
 * The files that a window may fetch, by ids that say nothing: a path never comes from a window, so there is
 * nothing to climb out of.
 */
export class Media {
  readonly #secret = randomBytes(32);
  readonly #files = new Map<string, string>();

  /** The same file has the same id as long as this process lives. */
  idOf(path: string): string {
    const id = createHmac('sha256', this.#secret).update(path).digest('hex').slice(0, 32);
    this.#files.set(id, path);
    return id;
  }

  laneOf({ name, audio, peaks, format }: DrawnFile): Lane {
    return { name, medium: { id: this.idOf(audio), ...format, peaks: this.idOf(peaks) } };
  }

  /** @throws SoniError `not-found` */
  fileOf(id: string): string {
    const path = this.#files.get(id);
    if (path === undefined) throw new SoniError('not-found', 'There is no such medium; open the song again.');
    return path;
  }

  /** Files below this folder are not handed out any more. */
  forget(folder: string): void {
    for (const [id, path] of this.#files) if (path.startsWith(folder)) this.#files.delete(id);
  }
}
