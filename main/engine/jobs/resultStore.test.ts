import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultStore } from './resultStore.ts';

let folder: string;
let indexed: Set<string>;
let store: ResultStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-results-'));
  indexed = new Set();
  store = new ResultStore(folder, {
    put: ({ key }) => indexed.add(key),
    remove: (key) => indexed.delete(key),
  });
});
afterEach(() => rm(folder, { recursive: true }));

const output = { peaks: 'peaks.bin', levels: 2 };

async function work(key: string): Promise<string> {
  const { directory } = await store.begin(key);
  await mkdir(join(directory, 'deep'), { recursive: true });
  await writeFile(join(directory, 'peaks.bin'), 'peaks');
  await writeFile(join(directory, 'deep/more.bin'), 'more');
  return directory;
}

describe('result store', () => {
  it('has nothing before it is finished, and the same folder for the next attempt', async () => {
    const first = await store.begin('k');
    expect(first.fresh).toBe(true);
    await writeFile(join(first.directory, 'checkpoint'), '1');
    expect(await store.lookup('k', 'peaks')).toBeNull();
    expect(await store.begin('k')).toEqual({ directory: first.directory, fresh: false });
    expect(await readdir(first.directory)).toEqual(['checkpoint']);
  });

  it('gives back what was finished', async () => {
    await work('k');
    const finished = await store.finish('k', 'peaks', output, ['The file was cut off.']);
    expect(await store.lookup('k', 'peaks')).toEqual(finished);
    expect(finished).toEqual({
      key: 'k',
      output,
      notes: ['The file was cut off.'],
      directory: join(folder, 'k'),
    });
    expect(indexed).toEqual(new Set(['k']));
    expect(await readdir(folder)).toEqual(['k']);
  });

  it('completes what was killed just before the rename', async () => {
    const directory = await work('k');
    const finished = await store.finish('k', 'peaks', output);
    const { rename } = await import('node:fs/promises');
    await rename(finished.directory, directory);
    expect(await store.lookup('k', 'peaks')).toEqual(finished);
  });

  it.each([
    ['a file was cut', (at: string) => truncate(join(at, 'deep/more.bin'), 2)],
    ['a file is gone', (at: string) => rm(join(at, 'peaks.bin'))],
    ['its record is damaged', (at: string) => writeFile(join(at, 'result.json'), '{"key":')],
  ])('drops a result when %s', async (_what, damage) => {
    await work('k');
    const { directory } = await store.finish('k', 'peaks', output);
    await damage(directory);
    expect(await store.lookup('k', 'peaks')).toBeNull();
    expect(indexed.size).toBe(0);
    await work('k');
    await store.finish('k', 'peaks', output);
    expect(await store.lookup('k', 'peaks')).not.toBeNull();
  });

  it('does not take the result of another operation or form', async () => {
    await work('k');
    await store.finish('k', 'peaks', { levels: 'two' });
    expect(await store.lookup('k', 'peaks')).toBeNull();
  });
});
