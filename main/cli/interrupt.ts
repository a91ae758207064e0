import { SoniError } from '../contracts/errors.ts';

/**
 * Turns Ctrl-C (and a polite end from outside) into an abort, so that work stops tidily and nothing
 * half-written stays. A second Ctrl-C ends the process at once.
 */
export function cancelOnInterrupt(onFirst: () => void): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    onFirst();
    controller.abort(new SoniError('cancelled', 'Cancelled.'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  return controller.signal;
}
