import type { Samples } from '../../../main/contracts/units.ts';

/** Where a run of captured frames lies. */
export interface BlockPlace {
  /** Position of the first frame on the host timeline; negative in a pre-roll. */
  readonly hostFrame: Samples;
  /** Frames the plugin had captured before it, lost ones included. */
  readonly streamFrame: Samples;
  readonly frames: Samples;
}

/** Takes what the cutter decides, in order. */
export interface PassSink {
  /** A take begins; its first frame stands at `hostFrame`. */
  begin(hostFrame: Samples, streamFrame: Samples): void;
  /** `count` frames of the block given to the cutter, from its frame `from` on, follow in the take. */
  audio(from: Samples, count: Samples): void;
  /** So many frames were lost here; the take goes on after them. */
  silence(count: Samples): void;
  end(): void;
  /** Frames were lost that belong to no take, or cannot be placed. */
  lost(count: Samples): void;
}

/** A longer gap ends the take: a broken counter must not ask for hours of silence. */
const longestGapSeconds = 600;

/**
 * Cuts what a plugin captured into takes: a take is one pass of the host's transport, every frame of it one
 * after the other. A jump (loop, locate, punch) ends it and starts the next; lost frames on a straight timeline become
 * silence inside it, so that every position stays right. Host frame 0 also separates: a pre-roll has no time
 * reference in a file, what follows has one.
 */
export class PassCutter {
  #open = false;
  /** Where the open take starts. */
  #start = 0;
  /** Where the next frame is expected; the frames of a waiting gap come on top. */
  #host = 0;
  #stream = 0;
  /** Told by the plugin and not yet placed: only the block that follows tells whether the host jumped meanwhile. */
  #waiting = 0;

  constructor(
    private readonly sink: PassSink,
    private readonly sampleRate: number,
  ) {}

  /** Whether a take is open. */
  get open(): boolean {
    return this.#open;
  }

  block({ hostFrame, streamFrame, frames }: BlockPlace): void {
    if (frames === 0) return;
    const lost = this.#open ? streamFrame - this.#stream : 0;
    const moved = hostFrame - this.#host;
    if (this.#open && lost === moved && lost >= 0 && lost <= longestGapSeconds * this.sampleRate) {
      if (lost > 0) this.#silence(lost);
    } else {
      // The host jumped somewhere in what was lost: it cannot be placed.
      const unplaced = Math.max(this.#waiting, lost);
      this.#waiting = 0;
      this.stop();
      if (unplaced > 0) this.sink.lost(unplaced);
      this.#begin(hostFrame, streamFrame);
    }
    this.#waiting = 0;
    this.#pass(frames, (from, count) => this.sink.audio(from, count));
  }

  /** The plugin lost frames, from this place on. */
  gap({ hostFrame, streamFrame, frames }: BlockPlace): void {
    const ahead = this.#open ? streamFrame - this.#stream : 0;
    if (this.#open && ahead >= 0 && hostFrame - this.#host === ahead) {
      this.#waiting = ahead + frames;
      return;
    }
    // After a jump: what was being recorded is over, and what comes next starts later.
    const unplaced = Math.max(0, ahead - this.#waiting);
    this.stop();
    this.sink.lost(unplaced + frames);
  }

  /** The transport stopped, or the plugin went away. */
  stop(): void {
    if (!this.#open) return;
    // Nothing followed: the gap ran to the stop.
    if (this.#waiting > 0 && this.#waiting <= longestGapSeconds * this.sampleRate)
      this.#silence(this.#waiting);
    else if (this.#waiting > 0) this.sink.lost(this.#waiting);
    this.#waiting = 0;
    this.#open = false;
    this.sink.end();
  }

  #begin(hostFrame: Samples, streamFrame: Samples): void {
    this.#open = true;
    this.#start = this.#host = hostFrame;
    this.#stream = streamFrame;
    this.sink.begin(hostFrame, streamFrame);
  }

  #silence(count: Samples): void {
    this.#pass(count, (_, part) => this.sink.silence(part));
  }

  /** Moves on by `count` frames, in one piece or in two with host frame 0 between them. */
  #pass(count: Samples, give: (from: Samples, count: Samples) => void): void {
    for (let from = 0; from < count;) {
      if (this.#host === 0 && this.#start < 0) {
        this.sink.end();
        this.#begin(0, this.#stream);
      }
      const part = this.#host < 0 ? Math.min(count - from, -this.#host) : count - from;
      give(from, part);
      this.#host += part;
      this.#stream += part;
      from += part;
    }
  }
}
