import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { writeFully } from '../../platform/writeFully.ts';

/** What the model says of some frames; each [frames · pitches], row-major. */
export interface Activations {
  readonly frames: number;
  /** Probability that the pitch sounds. */
  readonly notes: Float32Array;
  /** Probability that a note starts. */
  readonly onsets: Float32Array;
  /** Distance to the strongest contour bin near the pitch. */
  readonly bends: Int8Array;
}

/** Anything that gives back activations by frame number. */
export interface ActivationSource {
  readonly frames: number;
  readonly pitches: number;
  read(start: number, count: number): Promise<Activations>;
}

export const emptyActivations = (frames: number, pitches: number): Activations => ({
  frames,
  notes: new Float32Array(frames * pitches),
  onsets: new Float32Array(frames * pitches),
  bends: new Int8Array(frames * pitches),
});

/**
 * The activations of a whole piece in a scratch file, because deciding about a note takes the frames
 * before and after it and two maxima over the whole piece: 68 kB for a second of audio, of which only what
 * is being read is in memory. It is written in blocks of any number of frames; within one the notes come
 * first, then the onsets, then the bends, in the byte order of this machine. Blocks are all of one length but the last.
 */
export class ActivationFile implements ActivationSource {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    readonly frames: number,
    readonly pitches: number,
    private readonly blockFrames: number,
  ) {}

  /**
   * Opens or makes the file. What it held beyond `keep` frames (a whole number of blocks) is written over.
   * @throws SoniError `corrupt` when there is less than that, `denied` | `no-space`
   */
  static async open(
    path: string,
    shape: { frames: number; pitches: number; blockFrames: number },
    keep: number,
  ): Promise<ActivationFile> {
    const { frames, pitches, blockFrames } = shape;
    try {
      const file = await open(path, keep === 0 ? 'w+' : 'r+');
      const opened = new ActivationFile(path, file, frames, pitches, blockFrames);
      if ((await file.stat()).size < opened.offsetOf(keep)) {
        await file.close();
        throw new SoniError('corrupt', `${path} is shorter than its checkpoint says; start the job again.`);
      }
      return opened;
    } catch (thrown) {
      throw fileError(thrown, `open the scratch file ${path}`);
    }
  }

  private get frameBytes(): number {
    return this.pitches * (2 * Float32Array.BYTES_PER_ELEMENT + 1);
  }

  private offsetOf(frame: number): number {
    return frame * this.frameBytes;
  }

  private blockAt(start: number): number {
    return Math.min(this.blockFrames, this.frames - start);
  }

  /** Writes the block that starts at `start` and flushes it to the disk. */
  async write(start: number, block: Activations): Promise<void> {
    if (start % this.blockFrames !== 0 || block.frames !== this.blockAt(start)) {
      throw new SoniError('internal', `No block of ${block.frames} frames belongs at frame ${start}.`);
    }
    const parts = [block.notes, block.onsets, block.bends].map((part) =>
      Buffer.from(part.buffer, part.byteOffset, part.byteLength),
    );
    const bytes = Buffer.concat(parts);
    try {
      await writeFully(this.file, bytes, this.offsetOf(start));
      await this.file.datasync();
    } catch (thrown) {
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  /** Frames `start` to `start + count`, clipped to the end. */
  async read(start: number, count: number): Promise<Activations> {
    const end = Math.min(this.frames, start + count);
    const result = emptyActivations(Math.max(0, end - start), this.pitches);
    for (let at = start; at < end;) {
      const blockStart = at - (at % this.blockFrames);
      const block = this.blockAt(blockStart);
      const until = Math.min(end, blockStart + block);
      const place = {
        skip: (at - blockStart) * this.pitches,
        values: (until - at) * this.pitches,
        to: (at - start) * this.pitches,
      };
      const base = this.offsetOf(blockStart);
      const plane = block * this.pitches;
      await this.fill(result.notes, place, base);
      await this.fill(result.onsets, place, base + 4 * plane);
      await this.fill(result.bends, place, base + 8 * plane);
      at = until;
    }
    return result;
  }

  private async fill(
    into: Float32Array | Int8Array,
    place: { skip: number; values: number; to: number },
    base: number,
  ): Promise<void> {
    const size = into.BYTES_PER_ELEMENT;
    const bytes = new Uint8Array(into.buffer, place.to * size, place.values * size);
    try {
      for (let done = 0; done < bytes.length;) {
        const position = base + place.skip * size + done;
        const { bytesRead } = await this.file.read(bytes, done, bytes.length - done, position);
        if (bytesRead === 0)
          throw new SoniError('corrupt', `${this.path} has become shorter while it was read.`);
        done += bytesRead;
      }
    } catch (thrown) {
      throw fileError(thrown, `read ${this.path}`);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
