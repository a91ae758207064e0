import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeskJob } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import { JobQueue, type JobReport } from './jobQueue.ts';

const steps = { stems: null, notes: null, mix: false };

/** A job that is being performed, in the hands of the test. */
interface Work {
  readonly title: string;
  readonly report: (update: JobReport) => void;
  finish(): void;
  fail(error: Error): void;
}

let folder: string;
let queue: JobQueue;
let begun: Work[];

const perform = (job: DeskJob, signal: AbortSignal, report: (update: JobReport) => void) =>
  new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new SoniError('cancelled', 'Cancelled.')));
    begun.push({ title: job.title, report, finish: resolve, fail: reject });
  });

const open = async () => {
  const made = new JobQueue(join(folder, 'jobs.json'), perform);
  await made.load();
  return made;
};
const states = () => queue.list().map(({ title, state }) => `${title} ${state}`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-queue-'));
  begun = [];
  queue = await open();
});
afterEach(async () => {
  await queue.close();
  await rm(folder, { recursive: true });
});

describe('the queue of jobs', () => {
  it('does one job after the other', async () => {
    for (const title of ['a', 'b']) queue.add(title, title, steps);
    expect(states()).toEqual(['a running', 'b queued']);
    begun[0]!.report({ label: 'Separating', fraction: 0.5, etaSeconds: 20, note: 'on the CPU' });
    expect(queue.list()[0]).toMatchObject({ label: 'Separating', fraction: 0.5, notes: ['on the CPU'] });
    begun[0]!.finish();
    await expect.poll(states).toEqual(['a done', 'b running']);
    begun[1]!.fail(new SoniError('no-space', 'The disk is full.'));
    await expect.poll(states).toEqual(['a done', 'b failed']);
    expect(queue.list()[1]?.error).toMatchObject({ kind: 'no-space', message: 'The disk is full.' });
  });

  it('goes on with the next when one is cancelled, and with that one when it is wanted again', async () => {
    const first = queue.add('a', 'a', steps);
    queue.add('b', 'b', steps);
    queue.cancel(first);
    await expect.poll(states).toEqual(['a cancelled', 'b running']);
    queue.resume(first);
    begun[1]!.finish();
    await expect.poll(states).toEqual(['a running', 'b done']);
    expect(begun.map(({ title }) => title)).toEqual(['a', 'b', 'a']);
  });

  it('moves what waits', async () => {
    for (const title of ['a', 'b', 'c']) queue.add(title, title, steps);
    queue.move(queue.list()[2]!.id, 0);
    expect(states()).toEqual(['a running', 'c queued', 'b queued']);
    queue.move(queue.list()[1]!.id, 5);
    expect(states()).toEqual(['a running', 'b queued', 'c queued']);
  });

  it('ignores news of a job that was stopped', () => {
    const id = queue.add('a', 'a', steps);
    queue.pause(id);
    begun[0]!.report({ label: 'late', fraction: 0.9, etaSeconds: 1 });
    expect(queue.list()[0]).toMatchObject({ state: 'paused', label: 'Paused' });
  });

  it('keeps its list over a restart; what ran waits for a word', async () => {
    for (const title of ['a', 'b']) queue.add(title, title, steps);
    await queue.close();
    queue = await open();
    expect(states()).toEqual(['a paused', 'b paused']);
    expect(queue.list()[0]?.notes.at(-1)).toContain('goes on where it was');
    queue.resume(queue.list()[0]!.id);
    expect(states()).toEqual(['a running', 'b paused']);
  });

  it('forgets the jobs of a song that is closed, the running one too', async () => {
    for (const title of ['a', 'b']) queue.add(title, title, steps);
    await queue.forget('a');
    expect(states()).toEqual(['b running']);
    expect(() => queue.cancel('unknown')).toThrow('not on the list');
  });
});
