/** Runs work on the same thing one after the other, in the order in which it was asked for; different things at once. */
export class InTurn {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @returns what `work` returns; its failure does not keep what comes after from running */
  run<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(thing) ?? Promise.resolve();
    const result = before.then(work, work);
    const end = result
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(thing) === end) this.#last.delete(thing);
      });
    this.#last.set(thing, end);
    return result;
  }
}
