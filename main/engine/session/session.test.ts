import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { unprivileged } from '../../../test/support/unprivileged.ts';
import { buildProgram } from '../../../test/support/buildProgram.ts';
import { SoniError } from '../../contracts/errors.ts';
import { backupFile, sessionFile } from './database.ts';
import { sessionFormat } from './migrations.ts';
import { Session } from './session.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
let session: Session | undefined;
const children: ChildProcess[] = [];

beforeAll(async () => {
  program = await buildProgram('test/support/sessionHolder.ts');
});
afterAll(() => program.remove());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-session-'));
});
afterEach(async () => {
  session?.close();
  session = undefined;
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const at = (name: string) => join(folder, name);

async function opened(): Promise<Session> {
  session = await Session.open(folder);
  return session;
}

async function refusal(): Promise<SoniError> {
  const error = await Session.open(folder).then(
    (unexpected) => {
      session = unexpected;
      return null;
    },
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SoniError);
  return error as SoniError;
}

async function inAnotherProcess(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [program.script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe('session', () => {
  it('keeps tracks, takes, jobs, results and decisions', async () => {
    const first = await opened();
    const track = { id: 't1', name: 'Vox – 声', position: 0, source: null };
    const take = {
      id: 'k1',
      trackId: 't1',
      audio: 'k1.wav',
      sampleRate: 48000,
      channels: 2,
      frames: 2 ** 40,
      hostStart: -100,
      gaps: [{ start: 5, frames: 7 }],
      tempoMap: [{ sample: 0, bpm: 120.5, numerator: 7, denominator: 8 }],
    };
    first.tracks.put(track);
    first.tracks.putTake(take);
    const job = first.jobs.start('tag', { input: 'a.wav' });
    first.jobs.refer(job, ['key1', 'key1', 'key2']);
    first.jobs.done(job);
    first.results.put({ key: 'key1', operation: 'tag', bytes: 12, created: 1 });
    const [decision] = first.decisions.apply([
      { trackId: 't1', before: { gainDb: 0 }, after: { gainDb: -3 }, reason: 'too loud' },
    ]);
    first.decisions.setState(decision!.id, 'undone');
    first.close();

    const again = await opened();
    expect(again.tracks.list()).toEqual([{ ...track, colour: null, slot: 0, group: null }]);
    expect(again.tracks.takes('t1')).toEqual([{ ...take, state: 'complete', started: 0 }]);
    expect(again.jobs.list()).toMatchObject([
      { id: job, workflow: 'tag', state: 'done', request: { input: 'a.wav' } },
    ]);
    expect(again.results.list()).toEqual([{ key: 'key1', operation: 'tag', bytes: 12, created: 1 }]);
    expect(again.decisions.list()).toMatchObject([{ after: { gainDb: -3 }, state: 'undone' }]);
    again.tracks.remove('t1');
    expect(again.tracks.takes('t1')).toEqual([]);
    expect(again.decisions.list()).toEqual([]);
  });

  it('notes several decisions together or not at all', async () => {
    const { tracks, decisions } = await opened();
    tracks.put({ id: 't1', name: 'a', position: 0, source: null });
    const move = { before: 1, after: 2, reason: 'r' };
    expect(() =>
      decisions.apply([
        { ...move, trackId: 't1' },
        { ...move, trackId: 'nobody' },
      ]),
    ).toThrow('FOREIGN KEY');
    expect(decisions.list()).toEqual([]);
    expect(() => decisions.setState('none', 'undone')).toThrow('no decision none');
  });

  it('is one plain file when closed, with a backup', async () => {
    (await opened()).close();
    expect((await readdir(folder)).sort()).toEqual(['audio', 'results', backupFile, sessionFile]);
  });

  it('refuses a second process by name, and opens when the first one has ended', async () => {
    const { child, said } = await inAnotherProcess();
    expect(said).toBe('open');
    const error = await refusal();
    expect(error).toMatchObject({ kind: 'busy', message: expect.stringContaining(`process ${child.pid}`) });
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    // What the killed process was doing is not lost, and known as cut short.
    expect((await opened()).jobs.list()).toMatchObject([{ workflow: 'split', state: 'interrupted' }]);
  });

  it('is refused to others while it is open here', async () => {
    await opened();
    const { said } = await inAnotherProcess();
    expect(JSON.parse(said)).toMatchObject({
      kind: 'busy',
      message: expect.stringContaining(`process ${process.pid}`),
    });
  });

  it('waits for an inference host that a dead owner left behind, then ends it', async () => {
    (await opened()).close();
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(orphan);
    const { identify } = await import('./processIdentity.ts');
    const dead = { pid: 2 ** 22 - 1, started: '1' };
    await writeFile(at('owner.json'), JSON.stringify({ owner: dead, hosts: [identify(orphan.pid!)] }));
    const ended = once(orphan, 'exit');
    await opened();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('does not touch a process that only has the number of an old host', async () => {
    (await opened()).close();
    const innocent = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    children.push(innocent);
    const reused = { pid: innocent.pid!, started: '1' };
    await writeFile(at('owner.json'), JSON.stringify({ owner: reused, hosts: [reused] }));
    await opened();
    expect(innocent.exitCode).toBeNull();
    expect(innocent.signalCode).toBeNull();
  });

  it('refuses a newer format and leaves it as it was', async () => {
    (await opened()).close();
    const database = new Database(at(sessionFile));
    database.exec(`PRAGMA user_version = ${sessionFormat + 1}`);
    database.close();
    const before = await readFile(at(sessionFile));
    expect(await refusal()).toMatchObject({
      kind: 'newer-format',
      message: expect.stringContaining('Update SoniDesk'),
    });
    expect((await readFile(at(sessionFile))).equals(before)).toBe(true);
  });

  it.each([
    ['is no database', (path: string) => writeFile(path, 'some text '.repeat(1000))],
    ['has lost its middle', (path: string) => overwrite(path, 4096, 12_000)],
    ['has a damaged header', (path: string) => overwrite(path, 0, 100)],
    ['was cut short', (path: string) => truncate(path, 5000)],
  ])('says what to do when the file %s, and that really helps', async (_how, damage) => {
    const first = await opened();
    first.tracks.put({ id: 't1', name: 'before', position: 0, source: null });
    first.close();
    await damage(at(sessionFile));
    const error = await refusal();
    expect(error.kind).toBe('corrupt');
    expect(error.message).toContain('audio and finished results in this folder are safe');
    expect(error.message).toContain(`rename ${backupFile}`);
    await rename(at(sessionFile), at('damaged'));
    await rename(at(backupFile), at(sessionFile));
    expect((await opened()).tracks.list()).toMatchObject([{ name: 'before' }]);
  });

  it('keeps the last whole backup when the file is damaged', async () => {
    (await opened()).close();
    const { size } = await stat(at(backupFile));
    await writeFile(at(sessionFile), 'x'.repeat(8192));
    await refusal();
    await refusal();
    expect((await stat(at(backupFile))).size).toBe(size);
  });

  it('says that a folder is not writable', async () => {
    await chmod(folder, 0o500);
    expect(await unprivileged(folder, refusal)).toMatchObject({ kind: 'denied' });
    await chmod(folder, 0o700);
  });
});

async function overwrite(path: string, start: number, count: number): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  const length = Math.min(count, size - start);
  await file.write(Buffer.alloc(length, 0xa5), 0, length, start);
  await file.close();
}
