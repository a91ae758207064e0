import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './makeFolder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('makeFolder', () => {
  it.runIf(process.platform === 'linux')('ends where a file system makes no folders', async () => {
    await expect(makeFolder('/proc/sonidesk/deeper')).rejects.toMatchObject({ name: 'SoniError' });
  });

  it('makes all that is missing, once', async () => {
    const deep = join(folder, 'a/b/c');
    expect(await makeFolder(deep)).toBe(true);
    expect((await stat(deep)).isDirectory()).toBe(true);
    expect(await makeFolder(deep)).toBe(false);
  });

  it('says what is in the way', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file/deeper'))).rejects.toMatchObject({ kind: 'bad-input' });
    await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({
      kind: 'bad-input',
      message: `${join(folder, 'file')} is a file; a folder was expected there.`,
    });
  });
});
