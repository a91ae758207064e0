import { open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { operations, type OperationName } from '../../contracts/operations.ts';
import { fileError } from '../../platform/fileError.ts';
import { makeFolder } from '../../platform/makeFolder.ts';

const recordFile = 'result.json';

const resultRecord = z.object({
  key: z.string(),
  operation: z.string(),
  output: z.unknown(),
  /** What the user was told on the way to it, and is told again when it is used again. */
  notes: z.array(z.string()).default([]),
  /** Checked when the result is used again: a file that was cut or removed makes the result void. */
  files: z.array(z.object({ name: z.string(), bytes: z.number().int().nonnegative() })),
  /** Milliseconds since 1970. */
  created: z.number(),
});
type ResultRecord = z.infer<typeof resultRecord>;

/** A finished result: its JSON value, and the folder of its files. */
export interface StoredResult {
  readonly key: string;
  readonly output: unknown;
  /** What the user has to know of it, and of what it rests on: an input that was cut off. */
  readonly notes: readonly string[];
  readonly directory: string;
}

/** Told of every result that is added or found void. */
export interface ResultIndex {
  put(row: { key: string; operation: string; bytes: number; created: number }): void;
  remove(key: string): void;
}

/**
 * Results by key: `<key>/` holds a finished one, `<key>.partial/` the work and checkpoints of one under way.
 * A result is finished by a rename, so there is never half of one.
 */
export class ResultStore {
  constructor(
    private readonly directory: string,
    private readonly index: ResultIndex,
  ) {}

  /** The result under this key when it is there and whole. */
  async lookup(key: string, operation: OperationName): Promise<StoredResult | null> {
    const directory = join(this.directory, key);
    const found = await readWhole(directory, key, operation);
    if (found !== null) return { key, output: found.output, notes: found.notes, directory };
    // Finished, but killed before the rename.
    const partial = await readWhole(this.#partial(key), key, operation);
    if (partial !== null) return this.#publish(key, partial);
    if (await exists(directory)) {
      this.index.remove(key);
      await rm(directory, { recursive: true, force: true });
    }
    return null;
  }

  /** The folder to work in, with what an earlier attempt left there. `fresh` when there was none. */
  async begin(key: string): Promise<{ directory: string; fresh: boolean }> {
    const directory = this.#partial(key);
    return { directory, fresh: await makeFolder(directory) };
  }

  /** Files the finished work under its key. */
  async finish(
    key: string,
    operation: OperationName,
    output: unknown,
    notes: readonly string[] = [],
  ): Promise<StoredResult> {
    const directory = this.#partial(key);
    for (const left of [recordFile, `${recordFile}.partial`])
      await rm(join(directory, left), { force: true });
    const record: ResultRecord = {
      key,
      operation,
      output,
      notes: [...notes],
      files: await listFiles(directory),
      created: Date.now(),
    };
    await writeRecord(directory, record);
    return this.#publish(key, record);
  }

  async #publish(key: string, record: ResultRecord): Promise<StoredResult> {
    const directory = join(this.directory, key);
    try {
      await rm(directory, { recursive: true, force: true });
      await rename(this.#partial(key), directory);
    } catch (thrown) {
      throw fileError(thrown, `write ${directory}`);
    }
    const bytes = record.files.reduce((sum, file) => sum + file.bytes, 0);
    this.index.put({ key, operation: record.operation, bytes, created: record.created });
    return { key, output: record.output, notes: record.notes, directory };
  }

  #partial(key: string): string {
    return join(this.directory, `${key}.partial`);
  }
}

/**
 * The record makes the work done: it stands there as soon as possible (a process killed before it has to do
 * the operation again) and is flushed to disk only then.
 */
async function writeRecord(directory: string, record: ResultRecord): Promise<void> {
  const path = join(directory, recordFile);
  const partial = `${path}.partial`;
  try {
    await writeFile(partial, JSON.stringify(record));
    await rename(partial, path);
    const file = await open(path, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(thrown, `write ${path}`);
  }
}

async function readWhole(
  directory: string,
  key: string,
  operation: OperationName,
): Promise<ResultRecord | null> {
  let text: string;
  try {
    text = await readFile(join(directory, recordFile), 'utf8');
  } catch {
    return null;
  }
  const parsed = resultRecord.safeParse(parseJson(text));
  if (!parsed.success || parsed.data.key !== key || parsed.data.operation !== operation) return null;
  if (!operations[operation].output.safeParse(parsed.data.output).success) return null;
  for (const file of parsed.data.files) {
    const found = await stat(join(directory, file.name)).catch(() => null);
    if (found?.size !== file.bytes) return null;
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function listFiles(directory: string): Promise<ResultRecord['files']> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { name: path.slice(directory.length + 1), bytes: (await stat(path)).size };
      }),
  );
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
