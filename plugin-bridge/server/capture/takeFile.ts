import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Planar } from '../../../main/audio/audioStream.ts';
import { header as wavHeader } from '../../../main/audio/wav/wavWriter.ts';
import type { SoniError } from '../../../main/contracts/errors.ts';
import type { Samples } from '../../../main/contracts/units.ts';
import { fileError } from '../../../main/platform/fileError.ts';
import type { CaptureMemory } from './captureMemory.ts';

export interface TakeFileOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** `null` for a pre-roll: a time reference cannot be negative. */
  readonly timeReference: Samples | null;
  readonly description: string;
}

export interface TakeFileEvents {
  /** Writing fails and is tried again and again; told once. */
  failing(error: SoniError): void;
  /** Writing works again. */
  recovered(): void;
  /** What waits to be written became less. */
  drained(): void;
}

/** Samples on their way to the disk, or a place that stays silent. */
interface Piece {
  readonly position: number;
  readonly bytes: Uint8Array;
  used: number;
  /** Frames of the file when it has been written. */
  end: Samples;
}

type Task = { readonly write: Piece } | { readonly sync: Promise<void>; readonly done: () => void };

/** Bytes collected before they are written: about half a second of stereo at 48 kHz. */
const pieceBytes = 192 * 1024;
const emptyPiece = new Uint8Array(0);
/** Pieces that were written and can be filled again, for all files: making new ones costs more than filling them. */
const freePieces: Uint8Array[] = [];
const mostFreePieces = 128;
/** How long to wait before a failed write is tried again. */
const retryMs = 1000;

const wavOptions = (options: TakeFileOptions) => ({ ...options, encoding: 'float32' as const });

/**
 * A float32 WAV file (RF64 above 4 GiB) that is whole at any time while it grows: the header is brought up to date
 * after the samples it speaks of are on disk, so that after kill -9 or a power cut everything up to the last `sync` is
 * there. Frames that were lost are left out as holes, which read as silence. A full disk loses nothing
 * that was accepted: writing is tried again until it works.
 */
export class TakeFile {
  readonly #frameBytes: number;
  readonly #dataStart: number;
  /** Done one after the other: a sync must not see half of what is being written. */
  readonly #tasks: Task[] = [];
  #working: Promise<void> | undefined;
  #file: FileHandle | undefined;
  #current: Piece | undefined;
  #frames: Samples = 0;
  #pending = 0;
  /** Frames that are in the file. */
  #written: Samples = 0;
  /** Bytes of the file. */
  #extent = 0;
  /** What the header on disk says. */
  #headed: Samples | undefined;
  #failing = false;
  #givenUp = false;
  readonly #stop = new AbortController();

  constructor(
    readonly path: string,
    private readonly options: TakeFileOptions,
    private readonly memory: CaptureMemory,
    private readonly events: TakeFileEvents,
  ) {
    this.#frameBytes = 4 * options.channels;
    this.#dataStart = wavHeader(wavOptions(options), 0).length;
  }

  get frames(): Samples {
    return this.#frames;
  }

  /** Bytes accepted and not yet written. */
  get pendingBytes(): number {
    return this.#pending;
  }

  /** Whether writing fails at present (the disk is full). */
  get failing(): boolean {
    return this.#failing;
  }

  /** Takes `count` frames of planar audio from frame `from` on. Never waits; look at `pendingBytes`. */
  append(audio: Planar, from: Samples, count: Samples): void {
    for (let done = 0; done < count;) {
      this.#current ??= this.#newPiece();
      const piece = this.#current;
      const free = Math.floor((pieceBytes - piece.used) / this.#frameBytes);
      const part = Math.min(free, count - done);
      interleave(audio, from + done, part, piece);
      piece.used += part * this.#frameBytes;
      this.#hold(part * this.#frameBytes);
      this.#frames += part;
      piece.end = this.#frames;
      done += part;
      if (part === free) this.#enqueue();
    }
  }

  /** Leaves `count` frames silent. */
  skip(count: Samples): void {
    this.#enqueue();
    this.#frames += count;
    this.#add({ write: { position: 0, bytes: emptyPiece, used: 0, end: this.#frames } });
  }

  /** Hands what has been collected to the system: kill -9 does not lose it any more. */
  flush(): void {
    // Behind other writes it would only wait in smaller pieces.
    if (this.#tasks.length === 0) this.#enqueue();
  }

  /** Writes what has been collected and brings disk and header up to date. Failures are retried until `giveUp`. */
  sync(): Promise<void> {
    this.#enqueue();
    const last = this.#tasks.at(-1);
    if (last !== undefined && 'sync' in last && this.#tasks.length > 1) return last.sync;
    let done: () => void = () => undefined;
    const sync = new Promise<void>((resolve) => (done = resolve));
    this.#add({ sync, done });
    return sync;
  }

  /**
   * Ends the file when all is on disk; waits for a full disk unless `giveUp` is called.
   * @returns the frames that are in the file
   */
  async close(): Promise<Samples> {
    if (this.#headed !== this.#frames) await this.sync();
    await this.#working;
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return 0;
    try {
      return this.#headed === this.#frames ? this.#frames : await mendHeader(file, this.options);
    } finally {
      await file.close();
    }
  }

  /** No more waiting for a full disk: what had been written stays. */
  giveUp(): void {
    this.#stop.abort();
  }

  #hold(bytes: number): void {
    this.#pending += bytes;
    this.memory.add(bytes);
  }

  #newPiece(): Piece {
    return {
      position: this.#dataStart + this.#frames * this.#frameBytes,
      bytes: freePieces.pop() ?? new Uint8Array(pieceBytes),
      used: 0,
      end: this.#frames,
    };
  }

  #enqueue(): void {
    if (this.#current === undefined) return;
    const write = this.#current;
    this.#current = undefined;
    this.#add({ write });
  }

  #add(task: Task): void {
    this.#tasks.push(task);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    for (let task = this.#tasks[0]; task !== undefined; task = this.#tasks[0]) {
      if ('write' in task) await this.#write(task.write);
      else {
        await this.#sync();
        task.done();
      }
      this.#tasks.shift();
    }
    this.#working = undefined;
  }

  async #write({ bytes, used, position, end }: Piece): Promise<void> {
    if (used > 0) await this.#persist((file) => writeFully(file, bytes.subarray(0, used), position));
    if (!this.#givenUp) this.#written = end;
    this.#hold(-used);
    this.#extent = Math.max(this.#extent, position + used);
    if (used > 0 && freePieces.length < mostFreePieces) freePieces.push(bytes);
    this.events.drained();
  }

  async #sync(): Promise<void> {
    const frames = this.#written;
    if (frames === this.#headed) return;
    const bytes = this.#dataStart + frames * this.#frameBytes;
    await this.#persist(async (file) => {
      // Silence at the end has not been written by anybody.
      if (this.#extent < bytes) await file.truncate(bytes);
      await file.datasync();
      await writeFully(file, wavHeader(wavOptions(this.options), frames), 0);
    });
    if (this.#givenUp) return;
    this.#headed = frames;
    this.#extent = bytes;
  }

  async #create(): Promise<FileHandle> {
    const file = await open(this.path, 'w');
    try {
      await writeFully(file, wavHeader(wavOptions(this.options), 0), 0);
      return file;
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  }

  /** Tries until it works or the file is given up; after that nothing is done any more. */
  async #persist(work: (file: FileHandle) => Promise<void>): Promise<void> {
    while (!this.#givenUp) {
      try {
        this.#file ??= await this.#create();
        await work(this.#file);
        if (this.#failing) {
          this.#failing = false;
          this.events.recovered();
        }
        return;
      } catch (thrown) {
        if (!this.#failing) {
          this.#failing = true;
          this.events.failing(fileError(thrown, `write ${this.path}`));
        }
        await sleep(retryMs, undefined, { signal: this.#stop.signal }).catch(() => (this.#givenUp = true));
      }
    }
  }
}

/** Takes all whole frames that are in the file into its header. @returns their count */
async function mendHeader(file: FileHandle, options: TakeFileOptions): Promise<Samples> {
  const start = wavHeader(wavOptions(options), 0).length;
  const frames = Math.max(0, Math.floor(((await file.stat()).size - start) / (4 * options.channels)));
  await writeFully(file, wavHeader(wavOptions(options), frames), 0);
  await file.datasync();
  return frames;
}

/**
 * Makes the file of a take whole whose recorder was killed.
 * @returns the frames in it
 * @throws SoniError `not-found` | `denied` | `no-space`
 */
export async function mendTakeFile(path: string, options: TakeFileOptions): Promise<Samples> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r+');
    return await mendHeader(file, options);
  } catch (thrown) {
    throw fileError(thrown, `mend ${path}`);
  } finally {
    await file?.close();
  }
}

function interleave(audio: Planar, from: Samples, count: Samples, { bytes, used }: Piece): void {
  const channels = audio.length;
  const out = new Float32Array(bytes.buffer, used, count * channels);
  for (let channel = 0; channel < channels; channel++) {
    const plane = audio[channel]!;
    for (let n = 0, at = channel; n < count; n++, at += channels) out[at] = plane[from + n]!;
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
