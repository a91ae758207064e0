import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { readFully } from '../../platform/readFully.ts';
import type { AudioReader } from '../audioStream.ts';
import type { BroadcastExtension } from './broadcastExtension.ts';
import { bytesPerSample, decodeSamples, type SampleEncoding } from './sampleEncoding.ts';
import { parseLayout, type WavLayout } from './wavLayout.ts';

export interface WavReader extends AudioReader {
  readonly container: WavLayout['container'];
  readonly encoding: SampleEncoding;
  readonly bitDepth: number;
  /** Speaker positions (WAVEFORMATEXTENSIBLE); `null` when the file does not say. */
  readonly channelMask: number | null;
  /** Position on the host timeline in sample frames, from a `bext` chunk. */
  readonly timeReference: number | null;
  readonly broadcast: BroadcastExtension | null;
  /** What was wrong with the header and how it was taken; `null` when all was well. */
  readonly warning: string | null;
}

/** Bytes read from disk at a time: large enough to hide the call, small enough to stay in the cache. */
const pieceBytes = 1 << 19;

class WavFile implements WavReader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  readonly container: WavLayout['container'];
  readonly encoding: SampleEncoding;
  readonly bitDepth: number;
  readonly channelMask: number | null;
  readonly timeReference: number | null;
  readonly broadcast: BroadcastExtension | null;
  readonly warning: string | null;
  readonly #frameBytes: number;
  readonly #dataStart: number;
  /** Lent to one read at a time; concurrent reads get their own. */
  #scratch: Uint8Array | undefined;

  constructor(
    readonly path: string,
    readonly file: FileHandle,
    layout: WavLayout,
  ) {
    this.sampleRate = layout.format.sampleRate;
    this.channels = layout.format.channels;
    this.frames = layout.frames;
    this.container = layout.container;
    this.encoding = layout.format.encoding;
    this.bitDepth = layout.format.bitDepth;
    this.channelMask = layout.format.channelMask;
    this.broadcast = layout.broadcast;
    this.timeReference = layout.broadcast?.timeReference ?? null;
    this.warning = layout.warning;
    this.#frameBytes = bytesPerSample[this.encoding] * this.channels;
    this.#dataStart = layout.dataStart;
  }

  async read(start: number, count: number): Promise<Float32Array[]> {
    if (!Number.isInteger(start) || start < 0 || !Number.isInteger(count) || count < 0) {
      throw new SoniError('internal', `Cannot read ${count} frames at ${start}: whole numbers from 0 on.`);
    }
    const frames = Math.max(0, Math.min(count, this.frames - start));
    const planes = Array.from({ length: this.channels }, () => new Float32Array(frames));
    if (frames === 0) return planes;
    const pieceFrames = Math.max(1, Math.floor(pieceBytes / this.#frameBytes));
    const needed = Math.min(frames, pieceFrames) * this.#frameBytes;
    let bytes = this.#scratch;
    this.#scratch = undefined;
    if (bytes === undefined || bytes.length < needed) bytes = new Uint8Array(needed);
    for (let done = 0; done < frames;) {
      const piece = Math.min(pieceFrames, frames - done);
      const view = bytes.subarray(0, piece * this.#frameBytes);
      const position = this.#dataStart + (start + done) * this.#frameBytes;
      const got = await this.#readBytes(view, position);
      if (got < view.length) {
        throw new SoniError('bad-input', `${this.path} became shorter while it was being read.`);
      }
      decodeSamples(this.encoding, view, planes, done, piece);
      done += piece;
    }
    this.#scratch = bytes;
    return planes;
  }

  async #readBytes(into: Uint8Array, position: number): Promise<number> {
    try {
      return await readFully(this.file, into, position);
    } catch (thrown) {
      throw fileError(thrown, `read ${this.path}`);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/**
 * Opens a WAV, RF64, BW64 or Broadcast Wave file for random access. Only the header is read.
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported`
 */
export async function openWav(path: string): Promise<WavReader> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const handle = file;
    const stat = await handle.stat();
    if (stat.isDirectory()) {
      throw new SoniError('bad-input', `${path} is a folder; an audio file was expected.`);
    }
    const read = async (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, await readFully(handle, bytes, position));
    };
    return new WavFile(path, handle, await parseLayout(read, stat.size, path));
  } catch (thrown) {
    await file?.close();
    throw fileError(thrown, `open ${path}`);
  }
}
