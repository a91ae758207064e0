import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * A line for the user from deep inside an operation ("GPU self-test failed, using the CPU"): it reaches the
 * progress of the operation that is running without every function in between handing it on.
 */
const scope = new AsyncLocalStorage<(note: string) => void>();

/** Calls `work`; notes from inside go to `tell`. */
export const withUserNotes = <T>(tell: (note: string) => void, work: () => T): T => scope.run(tell, work);

/** Tells the user something worth knowing; outside of an operation it goes nowhere. */
export const tellUser = (note: string): void => scope.getStore()?.(note);
