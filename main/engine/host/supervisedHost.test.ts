import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../test/support/buildProgram.ts';
import { watchHandles } from '../../../test/support/leaks.ts';
import { backOffMs } from './backOff.ts';
import { SupervisedHost } from './supervisedHost.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
let host: SupervisedHost;
let noLeaks: () => Promise<void>;

beforeAll(async () => {
  program = await buildProgram('test/support/scriptedHost.ts');
});
afterAll(() => program.remove());

beforeEach(async () => {
  noLeaks = watchHandles();
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-host-'));
});
afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true });
  await noLeaks();
});

function start(script: Record<string, unknown> = {}): SupervisedHost {
  host = new SupervisedHost({
    script: program.script,
    env: {
      SCRIPT: JSON.stringify({ deathsFile: join(folder, 'deaths'), log: join(folder, 'log'), ...script }),
    },
  });
  return host;
}

const input = { source: '/in.wav' };
const log = async () => (await readFile(join(folder, 'log'), 'utf8')).trim().split('\n');

describe('supervised host', () => {
  it('starts on first use, runs an operation with progress, and is reused', async () => {
    start();
    expect(host.pid).toBeUndefined();
    const done: number[] = [];
    const output = await host.run('decode', input, {
      directory: folder,
      onProgress: (progress) => done.push(progress.done),
    });
    expect(output).toMatchObject({ audio: 'audio.wav', sampleRate: 44100 });
    expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const { pid } = host;
    expect((await host.info()).pid).toBe(pid);
  });

  it('passes the errors of an operation on and keeps the process', async () => {
    start({ failIn: ['decode'] });
    await expect(host.run('decode', input, { directory: folder })).rejects.toMatchObject({
      kind: 'bad-input',
    });
    await expect(host.describePack('unknown')).rejects.toMatchObject({ kind: 'not-found' });
    expect((await host.info()).pid).toBe(host.pid);
    expect((await log()).filter((line) => line.startsWith('start'))).toHaveLength(1);
  });

  it('tries once more after a crash and goes on from the checkpoint', async () => {
    start({ dieIn: ['decode'], deaths: 1, dieAtChunk: 4 });
    const notes: string[] = [];
    await host.run('decode', input, {
      directory: folder,
      onProgress: ({ note }) => note !== undefined && notes.push(note),
    });
    expect(notes).toEqual([expect.stringContaining('SIGKILL')]);
    const chunks = (await log()).filter((line) => line.startsWith('chunk'));
    expect(chunks).toEqual(Array.from({ length: 10 }, (_, index) => `chunk decode ${index}`));
  });

  it('fails after the second crash, with the reason', async () => {
    start({ dieIn: ['decode'], deaths: 2, lastWords: 'FATAL ERROR: JavaScript heap out of memory\n' });
    await expect(host.run('decode', input, { directory: folder })).rejects.toMatchObject({
      kind: 'crashed',
      message: expect.stringContaining('out of memory'),
      detail: { exitCode: 1 },
    });
    // And it is back for the next caller.
    await expect(host.run('decode', input, { directory: folder })).resolves.toMatchObject({ channels: 2 });
  });

  it('says why a program does not even start', async () => {
    host = new SupervisedHost({ script: join(folder, 'missing.mjs') });
    await expect(host.info()).rejects.toMatchObject({
      kind: 'crashed',
      message: expect.stringContaining('Cannot find module'),
    });
  });

  it('cancels softly, within a chunk', async () => {
    start({ chunks: 1000 });
    const controller = new AbortController();
    const running = host.run('decode', input, {
      directory: folder,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    const { pid } = host;
    expect(pid).toBeDefined();
    expect((await host.info()).pid).toBe(pid);
  });

  it('ends the process when an operation does not stop, and runs the others again', async () => {
    start({ chunks: 300, deaf: ['decode'] });
    const controller = new AbortController();
    const other = join(folder, 'other');
    await mkdir(other);
    const innocent = host.run('tag', { audio: '/in.wav' }, { directory: other });
    const deaf = host.run('decode', input, { directory: folder, signal: controller.signal });
    await host.info();
    const { pid } = host;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const asked = performance.now();
    controller.abort();
    await expect(deaf).rejects.toMatchObject({ kind: 'cancelled' });
    // It was waited for: the other one could have ended meanwhile.
    expect(performance.now() - asked).toBeGreaterThan(400);
    await expect(innocent).resolves.toMatchObject({ durationSeconds: 10 });
    expect(host.pid).not.toBe(pid);
  });

  it('does not wait for a long chunk when nothing else runs, and goes on from the checkpoint when asked again', async () => {
    start({ chunks: 3, chunkMs: 1500, deaf: ['decode'] });
    const controller = new AbortController();
    const running = host.run('decode', input, {
      directory: folder,
      signal: controller.signal,
      // Now it is known how long a chunk takes.
      onProgress: ({ done }) => done === 1 && controller.abort(),
    });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    expect(host.pid).toBeUndefined();
    const before = await log();
    expect(before.filter((line) => line.startsWith('chunk')).length).toBeLessThan(3);
    await expect(host.run('decode', input, { directory: folder })).resolves.toMatchObject({ channels: 2 });
    const again = (await log()).slice(before.length);
    expect(again[0]).toMatch(/^start/);
    expect(again[1]).toBe('chunk decode 1');
  });

  it('fails calls as cancelled when it is closed', async () => {
    start({ chunks: 1000 });
    const running = host.run('decode', input, { directory: folder });
    await host.info();
    const [ended] = await Promise.allSettled([running, host.close()]);
    expect(ended).toMatchObject({ reason: { kind: 'cancelled' } });
    await expect(host.info()).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

describe('back-off', () => {
  it('doubles up to ten seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 20].map(backOffMs)).toEqual([
      0, 250, 500, 1000, 2000, 4000, 8000, 10000, 10000,
    ]);
  });
});
