import { setTimeout as sleep } from 'node:timers/promises';

/** Handles that a test may have opened: sockets, servers, pipes, children. Timers of the runner come and go. */
const handles = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => !/Timeout|Immediate|FSReq|FSEvent|TTY|Random/.test(name));

/**
 * Call before a test opens anything; the returned check fails when handles are left open afterwards.
 * @throws Error with the kinds of handles
 */
export function watchHandles(): () => Promise<void> {
  const before = handles().length;
  return async () => {
    for (let tries = 0; handles().length > before && tries < 100; tries++) await sleep(10);
    const after = handles();
    if (after.length > before) {
      throw new Error(`${after.length - before} handles were left open; open now: ${after.join(', ')}`);
    }
  };
}
