import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFile } from './fileHash.ts';

let folder: string;
let path: string;
const known = new Map<string, string>();
let read = 0;
const memory = {
  get: (file: string, identity: string) => known.get(`${file} ${identity}`),
  put: (file: string, identity: string, sha256: string) => {
    read++;
    known.set(`${file} ${identity}`, sha256);
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-hash-'));
  path = join(folder, 'a file\n.wav');
  known.clear();
  read = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('file hash', () => {
  it('reads a file once while it stays the same', async () => {
    await writeFile(path, 'x'.repeat(3_000_000));
    const expected = sha256('x'.repeat(3_000_000));
    expect(await hashFile(path, memory)).toBe(expected);
    await symlink(path, join(folder, 'link'));
    expect(await hashFile(join(folder, 'link'), memory)).toBe(expected);
    expect(read).toBe(1);
  });

  it('notices a change of the same size with the old time put back', async () => {
    await writeFile(path, 'one');
    const time = new Date(1e12);
    await utimes(path, time, time);
    await hashFile(path, memory);
    await writeFile(path, 'two');
    await utimes(path, time, time);
    expect(await hashFile(path, memory)).toBe(sha256('two'));
  });

  it('tells a missing file from a folder, and stops when asked', async () => {
    await expect(hashFile(path, memory)).rejects.toMatchObject({ kind: 'not-found' });
    await mkdir(path);
    await expect(hashFile(path, memory)).rejects.toMatchObject({ kind: 'bad-input' });
    await rm(path, { recursive: true });
    await writeFile(path, 'text');
    await expect(hashFile(path, memory, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
