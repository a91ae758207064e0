/** A stretch of the song on its way to the loudspeakers. */
interface Segment {
  /** When it sounds, in frames since playback began. */
  readonly startFrame: number;
  readonly songFrame: number;
  readonly frames: number;
}

export interface LoopFrames {
  readonly start: number;
  readonly end: number;
}

/**
 * Which part of the song sounds when, in frames. Stretches follow each other without a gap; a loop is one that
 * jumps back at its end. Times are whole frames, so that all lanes stay together to the sample.
 */
export class Timeline {
  #segments: Segment[] = [];
  #nextStart = 0;
  #nextSong: number;

  constructor(
    songFrame: number,
    private readonly songFrames: number,
  ) {
    this.#nextSong = songFrame;
  }

  /** Frames since the start up to which all is planned. */
  get plannedTo(): number {
    return this.#nextStart;
  }

  /** The next stretch, of at most so many frames; `null` at the end of the song. */
  advance(most: number, loop: LoopFrames | null): Segment | null {
    if (loop !== null && this.#nextSong >= loop.end) this.#nextSong = loop.start;
    const end = loop !== null && this.#nextSong < loop.end ? loop.end : this.songFrames;
    const frames = Math.min(most, end - this.#nextSong);
    if (frames <= 0) return null;
    const segment = { startFrame: this.#nextStart, songFrame: this.#nextSong, frames };
    this.#nextStart += frames;
    this.#nextSong += frames;
    this.#segments.push(segment);
    return segment;
  }

  /** The frame of the song that sounds so many frames after playback began. */
  songFrameAt(frame: number): number {
    const gone = this.#segments.findLastIndex((segment) => segment.startFrame <= frame);
    if (gone > 0) this.#segments = this.#segments.slice(gone);
    const segment = this.#segments[0];
    if (segment === undefined) return this.#nextSong;
    const into = Math.max(0, frame - segment.startFrame);
    return segment.songFrame + Math.min(into, segment.frames);
  }
}
