import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Take } from '../../contracts/session.ts';
import type { Engine } from '../../engine/workflows/engine.ts';

/** Drawn at once, so that tracks which stop together are not waited for one by one. */
const mostAtOnce = 16;

/** The peaks files of finished takes, drawn by the engine one batch after the other. */
export class TakePeaks {
  readonly #wanted = new Map<string, string>();
  readonly #there = new Set<string>();
  /** Takes whose audio cannot be read: asking again would not help. */
  readonly #broken = new Set<string>();
  readonly #stop = new AbortController();
  #working: Promise<void> | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly folder: string,
    private readonly audioFolder: string,
    private readonly onDrawn: () => void,
  ) {}

  /** The file, or `null` while it is not there; it is then made and told of. */
  of({ id, audio, state, frames }: Take): string | null {
    const path = this.#path(id);
    if (this.#there.has(id) || existsSync(path)) {
      this.#there.add(id);
      return path;
    }
    if (state === 'recording' || frames === 0 || this.#broken.has(id) || this.#stop.signal.aborted)
      return null;
    this.#wanted.set(id, resolve(this.audioFolder, audio));
    this.#working ??= this.#work().finally(() => (this.#working = null));
    return null;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    // Takes that end together are asked for within one turn.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#wanted.size > 0 && !this.#stop.signal.aborted) {
      const batch = [...this.#wanted].slice(0, mostAtOnce);
      await this.#draw(batch).catch(async () => {
        // One that cannot be read must not keep the others from being drawn.
        for (const each of batch) {
          await this.#draw([each]).catch(() => this.#stop.signal.aborted || this.#broken.add(each[0]));
        }
      });
      for (const [id] of batch) this.#wanted.delete(id);
      this.onDrawn();
    }
  }

  async #draw(batch: readonly (readonly [string, string])[]): Promise<void> {
    const outputDirectory = join(this.folder, `drawing-${randomUUID()}`);
    try {
      const { files } = await this.engine.prepare(
        { inputs: batch.map(([, path]) => path), outputDirectory, decode: false },
        { signal: this.#stop.signal },
      );
      for (const [index, [id]] of batch.entries()) await rename(files[index]!.peaks, this.#path(id));
    } finally {
      await rm(outputDirectory, { recursive: true, force: true });
    }
  }

  #path(id: string): string {
    return join(this.folder, `${id}.peaks`);
  }
}
