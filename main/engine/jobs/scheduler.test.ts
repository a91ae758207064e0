import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Scheduler, type Task } from './scheduler.ts';

const never = new AbortController().signal;

/** A task that waits to be told to end, or for its signal. */
function task(id: string, options: Partial<Task<string>> = {}) {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const made = {
    id,
    lane: 'model',
    priority: 0,
    runs: 0,
    aborted: false,
    end,
    async run(signal: AbortSignal) {
      made.runs++;
      await Promise.race([
        ended,
        new Promise((resolve) => {
          signal.addEventListener('abort', resolve, { once: true });
        }),
      ]);
      made.aborted = signal.aborted;
      signal.throwIfAborted();
      return id;
    },
    ...options,
  };
  return made;
}

describe('scheduler', () => {
  it('runs one task of a lane at a time, the most urgent first', async () => {
    const scheduler = new Scheduler<string>();
    const order: string[] = [];
    const submit = (each: ReturnType<typeof task>) =>
      scheduler.submit(each, { signal: never, onStart: () => order.push(each.id) });
    const tasks = [
      task('first'),
      task('late'),
      task('preview', { priority: 10 }),
      task('other lane', { lane: 'signal' }),
    ];
    const done = [submit(tasks[0]!)];
    await turn();
    done.push(...tasks.slice(1).map(submit));
    await turn();
    expect(order).toEqual(['first', 'other lane']);
    for (const each of tasks) each.end();
    await Promise.all(done);
    expect(order).toEqual(['first', 'other lane', 'preview', 'late']);
    expect(scheduler.size).toBe(0);
  });

  it('raises a waiting task when somebody more urgent wants it', async () => {
    const scheduler = new Scheduler<string>();
    const order: string[] = [];
    const running = task('running');
    const submit = (id: string, priority: number) =>
      scheduler.submit(task(id, { priority, run: () => Promise.resolve(String(order.push(id))) }), {
        signal: never,
      });
    const all = [scheduler.submit(running, { signal: never })];
    await turn();
    all.push(submit('a', 0), submit('b', 0), submit('b', 5));
    await turn();
    running.end();
    await Promise.all(all);
    expect(order).toEqual(['b', 'a']);
  });

  it('drops a waiting task that nobody wants any more', async () => {
    const scheduler = new Scheduler<string>();
    const running = task('running');
    const dropped = task('dropped');
    const first = scheduler.submit(running, { signal: never });
    await turn();
    const controller = new AbortController();
    const second = scheduler.submit(dropped, { signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
    running.end();
    await first;
    await turn();
    expect(dropped.runs).toBe(0);
  });

  it('ends a running task only when its last caller leaves', async () => {
    const scheduler = new Scheduler<string>();
    const shared = task('shared');
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => scheduler.submit(shared, { signal }));
    await turn();
    controllers[0]!.abort();
    await expect(calls[0]).rejects.toMatchObject({ kind: 'cancelled' });
    expect(shared.aborted).toBe(false);
    controllers[1]!.abort();
    await expect(calls[1]).rejects.toMatchObject({ kind: 'cancelled' });
    expect(shared.aborted).toBe(true);
    expect(shared.runs).toBe(1);
  });

  it('starts work anew that is asked for while it is being cancelled', async () => {
    const scheduler = new Scheduler<string>();
    const again = task('again');
    const controller = new AbortController();
    const first = scheduler.submit(again, { signal: controller.signal });
    await turn();
    controller.abort();
    const second = scheduler.submit(again, { signal: never });
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
    again.end();
    await expect(second).resolves.toBe('again');
    expect(again.runs).toBe(2);
  });

  it('gives everybody the error of a shared task', async () => {
    const scheduler = new Scheduler<string>();
    const failing = task('failing', { run: () => Promise.reject(new Error('broken')) });
    const calls = [1, 2].map(() => scheduler.submit(failing, { signal: never }));
    for (const call of calls) await expect(call).rejects.toMatchObject({ message: 'broken' });
    expect(scheduler.size).toBe(0);
  });
});
