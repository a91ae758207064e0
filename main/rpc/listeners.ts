/**
 * The listener side that all transports share: messages that arrive before somebody listens are kept for the
 * first listener, closing is told once, also to those who come late.
 */
export class TransportListeners {
  #message: ((message: unknown) => void) | undefined;
  #early: unknown[] = [];
  readonly #close: ((reason?: string) => void)[] = [];
  #closed: { readonly reason: string | undefined } | undefined;

  get closed(): boolean {
    return this.#closed !== undefined;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
    const early = this.#early;
    this.#early = [];
    for (const message of early) listener(message);
  }

  onClose(listener: (reason?: string) => void): void {
    if (this.#closed !== undefined) listener(this.#closed.reason);
    else this.#close.push(listener);
  }

  deliver(message: unknown): void {
    if (this.#closed !== undefined) return;
    if (this.#message === undefined) this.#early.push(message);
    else this.#message(message);
  }

  /** @returns false when it was closed before. */
  close(reason?: string): boolean {
    if (this.#closed !== undefined) return false;
    this.#closed = { reason };
    for (const listener of this.#close.splice(0)) listener(reason);
    return true;
  }
}
