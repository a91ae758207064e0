/** For what changes outside of the store: playback, the part of the time that is shown. */
export class Emitter {
  readonly #listeners = new Set<() => void>();
  /** Counts the changes: a snapshot for React. */
  version = 0;

  /** @returns the way to stop */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  emit(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }
}
