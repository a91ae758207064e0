/** Changes closer together are told once: about as often as a screen is drawn. */
const gatherMs = 30;

/** Who wants to know that something changed. */
export class Listeners {
  readonly #listeners = new Set<() => void>();
  #planned = false;

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
    }, gatherMs);
  }
}
