import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationQueue } from './operationQueue.ts';

const never = new AbortController().signal;

describe('operation queue', () => {
  it('runs one at a time in the order of arrival, also after failures', async () => {
    const queue = new OperationQueue();
    const log: string[] = [];
    const job = (name: string, fails = false) =>
      queue.run(async () => {
        log.push(`+${name}`);
        await turn();
        log.push(`-${name}`);
        if (fails) throw new Error(name);
        return name;
      }, never);
    const results = await Promise.allSettled([job('a'), job('b', true), job('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['+a', '-a', '+b', '-b', '+c', '-c']);
  });

  it('leaves out those cancelled while they wait', async () => {
    const queue = new OperationQueue();
    const cancel = new AbortController();
    const first = queue.run(() => turn(), never);
    let called = false;
    const second = queue.run(() => {
      called = true;
      return turn();
    }, cancel.signal);
    const third = queue.run(() => turn('third'), never);
    cancel.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    await first;
    expect(await third).toBe('third');
    expect(called).toBe(false);
    await expect(queue.run(() => turn(), cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('never has more running than places, and loses nobody', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.record({ turns: fc.nat(3), cancelled: fc.boolean() }), { maxLength: 12 }),
        async (places, jobs) => {
          const queue = new OperationQueue(places);
          let running = 0;
          let most = 0;
          const outcomes = jobs.map(({ turns, cancelled }) => {
            const cancel = new AbortController();
            const outcome = queue.run(async () => {
              most = Math.max(most, ++running);
              for (let i = 0; i < turns; i++) await turn();
              running--;
              return true;
            }, cancel.signal);
            if (cancelled) cancel.abort();
            return outcome;
          });
          const settled = await Promise.allSettled(outcomes);
          expect(most).toBeLessThanOrEqual(places);
          const lost = settled.filter(({ status }, i) => status === 'rejected' && !jobs[i]!.cancelled);
          expect(lost).toEqual([]);
          expect(await queue.run(() => turn('free'), never)).toBe('free');
        },
      ),
      { numRuns: 50 },
    );
  });
});
