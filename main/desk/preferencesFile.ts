import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  preferences,
  usualPreferences,
  type Preferences,
  type PreferencesChange,
} from '../contracts/preferences.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { InTurn } from '../platform/inTurn.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { Listeners } from './listeners.ts';

/** What the user has set, in one file beside the measured speeds. */
export class PreferencesFile {
  readonly changed = new Listeners();
  readonly #writes = new InTurn();
  #values = usualPreferences;

  constructor(private readonly path: string) {}

  /** A file that cannot be read is as none: nothing of the user's work is in it. */
  async load(): Promise<void> {
    try {
      this.#values = preferences.parse(JSON.parse(await readFile(this.path, 'utf8')));
    } catch {
      this.#values = usualPreferences;
    }
  }

  get values(): Preferences {
    return this.#values;
  }

  async set(change: PreferencesChange): Promise<void> {
    this.#values = preferences.parse({ ...this.#values, ...change });
    this.changed.tell();
    await this.#writes.run(this.path, async () => {
      await makeFolder(dirname(this.path));
      await writeFileAtomic(this.path, `${JSON.stringify(this.#values, null, 1)}\n`);
    });
  }
}
