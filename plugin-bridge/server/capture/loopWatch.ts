import type { Samples } from '../../../main/contracts/units.ts';

export interface HostLoop {
  readonly start: Samples;
  readonly end: Samples;
}

/**
 * The range that a host loops over, read from how its transport jumps: no plugin format tells it. Some hosts say at least
 * that they loop; otherwise the same jump back has to happen twice while they play.
 */
export class LoopWatch {
  #loop: HostLoop | null = null;
  #jump: HostLoop | null = null;
  /** Where the next block is expected. */
  #next: Samples | null = null;

  get loop(): HostLoop | null {
    return this.#loop;
  }

  block(hostFrame: Samples, frames: Samples, looping: boolean): void {
    const end = this.#next;
    if (end !== null && hostFrame < end) {
      const jump = { start: hostFrame, end };
      const again = this.#jump?.start === jump.start && this.#jump.end === jump.end;
      this.#loop = looping || again ? jump : null;
      this.#jump = jump;
    } else if (this.#loop !== null && (hostFrame < this.#loop.start || hostFrame >= this.#loop.end)) {
      this.#loop = null;
    }
    this.#next = hostFrame + frames;
  }

  /** The transport stopped; where it plays next is no jump. */
  stop(): void {
    this.#next = null;
    this.#jump = null;
  }
}
