import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { OperationProgress } from '../../contracts/operations.ts';

/** Something to run once, however many wait for it. */
export interface Task<Result> {
  /** Tasks with the same id are the same work. */
  readonly id: string;
  /** Of each lane one task runs at a time. */
  readonly lane: string;
  readonly priority: number;
  run(signal: AbortSignal, onProgress: (progress: OperationProgress) => void): Promise<Result>;
}

export interface TaskWatch {
  readonly signal: AbortSignal;
  readonly onStart?: () => void;
  readonly onProgress?: (progress: OperationProgress) => void;
}

interface Waiter<Result> extends TaskWatch {
  readonly priority: number;
  resolve(result: Result): void;
  reject(error: SoniError): void;
}

interface Entry<Result> {
  readonly task: Task<Result>;
  readonly order: number;
  readonly waiters: Set<Waiter<Result>>;
  readonly controller: AbortController;
  /** Set once it runs; settles, without a value, when it has ended. */
  running: Promise<void> | null;
}

/**
 * Runs tasks by priority, one per lane at a time. Work that several ask for is done once, and ends early only
 * when nobody wants it any more: cancelling one never takes another's result away.
 */
export class Scheduler<Result> {
  readonly #entries = new Map<string, Entry<Result>>();
  readonly #busyLanes = new Set<string>();
  #order = 0;

  /** Tasks that wait or run. */
  get size(): number {
    return this.#entries.size;
  }

  /** @throws SoniError of the task; `cancelled` when this caller's signal aborts */
  async submit(task: Task<Result>, watch: TaskWatch): Promise<Result> {
    for (;;) {
      if (watch.signal.aborted) throw new SoniError('cancelled', 'Cancelled.');
      const entry = this.#entries.get(task.id);
      // One that is being cancelled cannot be joined; when it is gone the work starts anew, from its checkpoint.
      if (entry?.controller.signal.aborted !== true) return this.#join(entry ?? this.#add(task), task, watch);
      await entry.running;
    }
  }

  #add(task: Task<Result>): Entry<Result> {
    const entry: Entry<Result> = {
      task,
      order: this.#order++,
      waiters: new Set(),
      controller: new AbortController(),
      running: null,
    };
    this.#entries.set(task.id, entry);
    // After all that became ready in this turn has joined, so that the most urgent goes first.
    setImmediate(() => this.#pump(task.lane));
    return entry;
  }

  #join(entry: Entry<Result>, { priority }: Task<Result>, watch: TaskWatch): Promise<Result> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        watch.signal.removeEventListener('abort', leave);
        entry.waiters.delete(waiter);
      };
      const waiter: Waiter<Result> = {
        ...watch,
        priority,
        resolve: (result) => {
          settled();
          resolve(result);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      const leave = () => this.#leave(entry, waiter);
      watch.signal.addEventListener('abort', leave, { once: true });
      entry.waiters.add(waiter);
      if (entry.running !== null) watch.onStart?.();
    });
  }

  #leave(entry: Entry<Result>, waiter: Waiter<Result>): void {
    if (entry.waiters.size === 1 && entry.running !== null) {
      // The last one stays until the work has really ended, so that nothing still writes afterwards.
      entry.controller.abort();
      return;
    }
    waiter.reject(new SoniError('cancelled', 'Cancelled.'));
    if (entry.waiters.size === 0) this.#entries.delete(entry.task.id);
  }

  #pump(lane: string): void {
    if (this.#busyLanes.has(lane)) return;
    const ready = [...this.#entries.values()].filter(
      (entry) => entry.running === null && entry.task.lane === lane && entry.waiters.size > 0,
    );
    const urgency = (entry: Entry<Result>) => Math.max(...[...entry.waiters].map(({ priority }) => priority));
    const next = ready.sort((a, b) => urgency(b) - urgency(a) || a.order - b.order)[0];
    if (next === undefined) return;
    this.#busyLanes.add(lane);
    next.running = this.#run(next).finally(() => {
      this.#busyLanes.delete(lane);
      this.#pump(lane);
    });
  }

  async #run(entry: Entry<Result>): Promise<void> {
    for (const waiter of entry.waiters) waiter.onStart?.();
    try {
      const result = await entry.task.run(entry.controller.signal, (progress) => {
        for (const waiter of entry.waiters) waiter.onProgress?.(progress);
      });
      this.#entries.delete(entry.task.id);
      for (const waiter of entry.waiters) waiter.resolve(result);
    } catch (thrown) {
      this.#entries.delete(entry.task.id);
      const error = asSoniError(thrown);
      for (const waiter of entry.waiters) waiter.reject(error);
    }
  }
}
