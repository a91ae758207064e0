import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SongsLock } from './songsLock.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-lock-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('is held by one, and free when that one is done', async () => {
  const first = await SongsLock.take(folder);
  await expect(SongsLock.take(folder)).rejects.toMatchObject({
    kind: 'busy',
    message: expect.stringContaining(
      `are open in another SoniDesk (process ${process.pid}) already`,
    ) as unknown,
  });
  first[Symbol.dispose]();
  const second = await SongsLock.take(folder);
  second[Symbol.dispose]();
});

it('of a process that was killed is free', async () => {
  const hold = `
    const Database = require('libsql');
    const { writeFileSync } = require('node:fs');
    const database = new Database(${JSON.stringify(join(folder, 'lock.sqlite'))});
    database.exec('BEGIN EXCLUSIVE');
    writeFileSync(${JSON.stringify(join(folder, 'owner.json'))}, JSON.stringify({ owner: { pid: process.pid, started: null }, hosts: [] }));
    console.log('held');
    setInterval(() => undefined, 1000);
  `;
  const holder = spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  await expect(SongsLock.take(folder)).rejects.toThrow(`process ${holder.pid}`);
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  const lock = await SongsLock.take(folder);
  lock[Symbol.dispose]();
});
