import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheSessionDirectory, openCacheSession, pruneCacheSessions } from './cacheSessions.ts';
import { backupFile, sessionFile } from './database.ts';
import { Session } from './session.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sonidesk-cache-'));
});
afterEach(() => rm(root, { recursive: true }));

const at = (...names: string[]) => join(root, ...names);
const never = new AbortController().signal;
const silent = () => {};

describe('cache sessions', () => {
  it('are found by the files they are about, in any order', async () => {
    const [ab, ba, a] = await Promise.all([
      cacheSessionDirectory(root, ['/a', '/b']),
      cacheSessionDirectory(root, ['/b', '/a']),
      cacheSessionDirectory(root, ['/a']),
    ]);
    expect(ab).toBe(ba);
    expect(a).not.toBe(ab);
  });

  it('are put right when damaged, with their results kept', async () => {
    (await Session.open(at('s'))).close();
    await mkdir(at('s', 'results', 'k'));
    await writeFile(at('s', sessionFile), 'damaged '.repeat(999));
    const notes: string[] = [];
    const session = await openCacheSession(at('s'), never, (note) => notes.push(note));
    session.close();
    expect(notes).toEqual([expect.stringContaining('made anew')]);
    expect(await readdir(at('s', 'results'))).toEqual(['k']);
  });

  it('wait for another user of the same files, and can be cancelled meanwhile', async () => {
    const first = await Session.open(at('s'));
    const notes: string[] = [];
    const controller = new AbortController();
    const cancelled = openCacheSession(at('s'), controller.signal, silent);
    setTimeout(() => controller.abort(), 100);
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    const second = await openCacheSession(at('s'), never, (note) => {
      notes.push(note);
      first.close();
    });
    second.close();
    expect(notes).toEqual([expect.stringContaining(`process ${process.pid}`)]);
  });

  it('go, longest unused first, when there are too many; used ones stay', async () => {
    for (const [index, name] of ['oldest', 'open', 'newer', 'kept'].entries()) {
      const session = await Session.open(at(name));
      await writeFile(at(name, 'results', 'big'), Buffer.alloc(1_000_000));
      if (name !== 'open') session.close();
      const time = new Date(2020, 1, index + 1);
      await utimes(at(name, backupFile), time, time);
    }
    await pruneCacheSessions(root, 10e6, at('kept'));
    expect((await readdir(root)).sort()).toEqual(['kept', 'newer', 'oldest', 'open']);
    await pruneCacheSessions(root, 3.5e6, at('kept'));
    expect((await readdir(root)).sort()).toEqual(['kept', 'newer', 'open']);
    await pruneCacheSessions(root, 0, at('kept'));
    expect((await readdir(root)).sort()).toEqual(['kept', 'open']);
  });
});
