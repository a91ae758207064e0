/** Bytes that all tracks together may hold while the disk does not keep up. */
const limitBytes = 256 << 20;
/** What every track may hold all the same: 5 s of stereo at 48 kHz. */
const ownBytes = 2 << 20;

/** Counts the audio that was received and is not on disk yet, over all tracks. */
export class CaptureMemory {
  #held = 0;

  constructor(
    private readonly limit = limitBytes,
    private readonly own = ownBytes,
  ) {}

  /** Below zero when they were written. */
  add(bytes: number): void {
    this.#held += bytes;
  }

  /** Whether a track that holds so much must take nothing more. */
  isFull(held: number): boolean {
    return held > this.own && this.#held > this.limit;
  }
}
