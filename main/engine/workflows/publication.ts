import { constants } from 'node:fs';
import { copyFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { partialName, writeFileAtomic } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

/**
 * Results on their way to where the user wants them. Everything is written beside its final name and renamed
 * together at the end; on an error nothing of it stays. Files are copied (as clones that share blocks where
 * the file system can), not linked: what the user does to them must not reach the cache (ARCHITECTURE, Decisions).
 */
export class Publication {
  readonly #copies: { from: string; to: string }[] = [];
  readonly #texts: { text: string | Uint8Array; to: string }[] = [];

  /** @param directory the folder that names are relative to */
  constructor(readonly directory: string) {}

  copy(from: string, name: string): void {
    this.#copies.push({ from, to: join(this.directory, name) });
  }

  text(text: string | Uint8Array, name: string): void {
    this.#texts.push({ text, to: join(this.directory, name) });
  }

  json(value: unknown, name: string): void {
    this.text(`${JSON.stringify(value, null, 2)}\n`, name);
  }

  /**
   * Texts come last: who finds them finds the audio they speak of.
   * @throws SoniError `no-space` | `denied` | `cancelled`
   */
  async commit(signal?: AbortSignal): Promise<void> {
    const partials: { partial: string; to: string }[] = [];
    try {
      for (const { from, to } of this.#copies) {
        if (signal?.aborted === true) throw new SoniError('cancelled', 'Cancelled.');
        const partial = partialName(to);
        partials.push({ partial, to });
        await makeFolder(dirname(to));
        await copyFile(from, partial, constants.COPYFILE_FICLONE).catch((thrown: unknown) => {
          throw fileError(thrown, `write ${to}`);
        });
      }
      for (const { partial, to } of partials) {
        await rename(partial, to).catch((thrown: unknown) => {
          throw fileError(thrown, `write ${to}`);
        });
      }
      for (const { text, to } of this.#texts) await writeFileAtomic(to, text);
    } finally {
      for (const { partial } of partials) await rm(partial, { force: true });
    }
  }

  /**
   * To be called before hours of work: makes the folder and tries to write there.
   * @throws SoniError `denied` | `no-space` | `bad-input`
   */
  async prepare(): Promise<void> {
    const probe = partialName(join(this.directory, 'probe'));
    try {
      await makeFolder(this.directory);
      await writeFile(probe, 'x');
    } catch (thrown) {
      throw fileError(thrown, `write into ${this.directory}`);
    } finally {
      await rm(probe, { force: true }).catch(() => undefined);
    }
  }
}

/**
 * Refuses to publish over a file that is being read, or over a folder.
 * @throws SoniError `bad-usage`
 */
export async function refuseOverwriting(
  inputs: readonly string[],
  outputs: readonly string[],
): Promise<void> {
  const real = async (path: string) => {
    const parent = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
    return realpath(path).catch(() => join(parent, basename(path)));
  };
  const read = new Set(await Promise.all(inputs.map(real)));
  for (const output of outputs) {
    if (read.has(await real(output))) {
      throw new SoniError(
        'bad-usage',
        `${output} would overwrite the file that is being read. Choose another output.`,
      );
    }
    const there = await stat(output).catch(() => null);
    if (there?.isDirectory() === true) {
      throw new SoniError('bad-usage', `${output} is a folder; the name of a file to write was expected.`);
    }
  }
}
