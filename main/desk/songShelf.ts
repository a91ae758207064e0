import { readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import type { Song } from '../contracts/desk.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { InTurn } from '../platform/inTurn.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { Listeners } from './listeners.ts';
import type { Media } from './media.ts';
import { songRecord, type SongRecord } from './songRecord.ts';
import { songRecordName } from './songsDirectory.ts';

/** The songs that are open, each in a folder of its own, kept over restarts. */
export class SongShelf {
  readonly changed = new Listeners();
  readonly #songs = new Map<string, SongRecord>();
  readonly #writes = new InTurn();

  constructor(
    readonly directory: string,
    private readonly media: Media,
  ) {}

  /** A song whose record cannot be read is set aside, not deleted; the others are there. */
  async load(): Promise<void> {
    await makeFolder(this.directory);
    for (const name of await readdir(this.directory)) {
      const text = await readFile(join(this.directory, name, songRecordName), 'utf8').catch(() => null);
      if (text === null || name.endsWith('.damaged')) continue;
      const record = parse(text);
      if (record === null) await rename(this.folderOf(name), `${this.folderOf(name)}.damaged`);
      else this.#songs.set(record.id, record);
    }
  }

  folderOf(id: string): string {
    return join(this.directory, id);
  }

  /** @throws SoniError `not-found` */
  get(id: string): SongRecord {
    const record = this.#songs.get(id);
    if (record === undefined) throw new SoniError('not-found', 'This song is not open any more.');
    return record;
  }

  has(id: string): boolean {
    return this.#songs.has(id);
  }

  async put(record: SongRecord): Promise<void> {
    this.#songs.set(record.id, record);
    this.changed.tell();
    // The latest, whichever change asks: writes that overtake each other would leave an older one.
    await this.#writes.run(record.id, async () => {
      const latest = this.#songs.get(record.id);
      if (latest === undefined) return;
      await writeFileAtomic(join(this.folderOf(record.id), songRecordName), `${JSON.stringify(latest)}\n`);
    });
  }

  /** Changes what is there now; a song that was closed meanwhile stays closed. */
  async change(id: string, change: (record: SongRecord) => Partial<SongRecord>): Promise<void> {
    const record = this.#songs.get(id);
    if (record !== undefined) await this.put({ ...record, ...change(record) });
  }

  async remove(id: string): Promise<void> {
    this.get(id);
    this.#songs.delete(id);
    this.changed.tell();
    this.media.forget(this.folderOf(id));
    await this.#writes.run(id, () => rm(this.folderOf(id), { recursive: true, force: true }));
  }

  records(): SongRecord[] {
    return [...this.#songs.values()];
  }

  /** As windows see them, latest first. */
  list(): Song[] {
    return [...this.#songs.values()]
      .sort((a, b) => b.opened - a.opened)
      .map(({ version: _version, sources, stems, ...facts }) => ({
        ...facts,
        sources: sources.map((file) => this.media.laneOf(file)),
        stems: stems && {
          preview: stems.preview,
          residualDb: stems.residualDb,
          model: stems.model,
          lanes: stems.files.map((file) => this.media.laneOf(file)),
        },
      }));
  }
}

function parse(text: string): SongRecord | null {
  try {
    return songRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
