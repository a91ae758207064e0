import { z } from 'zod';
import { SoniError } from '../../main/contracts/errors.ts';
import type { RpcContract } from '../../main/contracts/rpc.ts';
import type { Handlers } from '../../main/rpc/serve.ts';

/** A contract that exercises every feature; the suite calls it over each transport. */
export const suiteContract = {
  methods: {
    add: { input: z.object({ a: z.number(), b: z.number().default(1) }), output: z.number() },
    echo: { input: z.unknown(), output: z.unknown() },
    count: {
      input: z.object({ to: z.number().int() }),
      output: z.string(),
      event: z.object({ at: z.number().int() }),
    },
    /** Never ends by itself. */
    wait: { input: z.object({}), output: z.null() },
    /** Ends with a SoniError of the kind asked for, or a plain error. */
    fail: { input: z.object({ plain: z.boolean() }), output: z.null() },
    /** Answers in a form that the contract does not allow. */
    lie: { input: z.object({}), output: z.number() },
    /** Answers with something that JSON cannot carry. */
    unspeakable: { input: z.object({}), output: z.unknown() },
    /** How many calls and subscriptions were aborted so far. */
    aborted: { input: z.object({}), output: z.number() },
    /** Ends the serving process or connection at once. */
    die: { input: z.object({}), output: z.null() },
  },
  topics: {
    ticks: { event: z.object({ tick: z.number().int() }) },
  },
} as const satisfies RpcContract;

export function suiteHandlers(die: () => void): Handlers<typeof suiteContract> {
  let aborted = 0;
  const onAbort = (signal: AbortSignal, then: () => void) =>
    signal.addEventListener('abort', () => {
      aborted++;
      then();
    });
  return {
    add: ({ a, b }) => a + b,
    echo: (value) => value,
    async count({ to }, { emit, drained }) {
      for (let at = 1; at <= to; at++) {
        emit({ at });
        if (at % 50 === 0) await drained();
      }
      return `counted to ${to}`;
    },
    wait: (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        onAbort(signal, () => reject(signal.reason as Error));
      }),
    fail({ plain }) {
      if (plain) throw new TypeError('a plain error');
      throw new SoniError('no-space', 'The disk is full.', { path: '/somewhere' });
    },
    lie: () => 'not a number' as unknown as number,
    unspeakable: () => 1n,
    aborted: () => aborted,
    die: () => {
      die();
      return new Promise<null>(() => {});
    },
    ticks({ emit, signal }) {
      let tick = 0;
      const timer = setInterval(() => emit({ tick: ++tick }), 2);
      onAbort(signal, () => clearInterval(timer));
    },
  };
}
