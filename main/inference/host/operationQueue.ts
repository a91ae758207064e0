/**
 * Lets a few operations run at a time and the others wait in the order of their arrival: two models at once
 * would need the memory of both and finish no sooner.
 */
export class OperationQueue {
  readonly #places: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(places = 1) {
    this.#places = places;
  }

  /** @throws AbortError when `signal` aborts before the operation's turn; then it is never called */
  async run<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#running >= this.#places) await this.#turn(signal);
    else this.#running++;
    try {
      return await operation();
    } finally {
      // The place goes to the next in line, or becomes free.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        reject(signal.reason as Error);
      };
      const start = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.push(start);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
