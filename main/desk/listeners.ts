/** About as often as a screen is drawn. */
const screenMs = 30;

/** Who wants to know that something changed. */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  #planned = false;

  /** @param gatherMs changes closer together are told once */
  constructor(private readonly gatherMs = screenMs) {}

  /** @returns the way to stop */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(): void {
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => {
      this.#planned = false;
      for (const listener of this.#listeners) listener();
    }, this.gatherMs);
  }
}
