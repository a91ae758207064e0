import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { marker, type Marker } from '../../contracts/studio.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';

/** Named places on the host's timeline, in `markers.json` of the session. */
export class MarkerFile {
  #markers: readonly Marker[] = [];

  constructor(private readonly folder: string) {}

  get markers(): Marker[] {
    return [...this.#markers];
  }

  /** A file that cannot be read is as none; the next change writes it anew. */
  async load(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch(() => '[]');
    try {
      this.#markers = z.array(marker).parse(JSON.parse(text));
    } catch {
      this.#markers = [];
    }
  }

  async set(markers: readonly Marker[]): Promise<void> {
    this.#markers = markers.toSorted((a, b) => a.frame - b.frame);
    await writeFileAtomic(this.#path, `${JSON.stringify(this.#markers, null, 1)}\n`);
  }

  get #path(): string {
    return join(this.folder, 'markers.json');
  }
}
