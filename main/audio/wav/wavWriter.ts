import { access, mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { writeFully } from '../../platform/writeFully.ts';
import { partialName } from '../../platform/atomicFile.ts';
import type { AudioWriter, Planar } from '../audioStream.ts';
import { formatBroadcastExtension } from './broadcastExtension.ts';
import { bytesPerSample, encodeSamples, type SampleEncoding } from './sampleEncoding.ts';
import { formatFormat, highestRate } from './wavFormat.ts';

export interface WavOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: Exclude<SampleEncoding, 'uint8'>;
  /** Position on the host timeline in sample frames; makes it a Broadcast Wave file. */
  readonly timeReference?: number | null;
  /** What the file is, for the `bext` chunk. */
  readonly description?: string;
  /** Speaker positions (WAVEFORMATEXTENSIBLE dwChannelMask). */
  readonly channelMask?: number | null;
  /** `auto`: RF64 only when the file does not fit into 4 GiB. */
  readonly container?: 'auto' | 'RF64';
}

const unknownSize = 0xffffffff;
/** Room for a ds64 chunk (EBU Tech 3306): a JUNK chunk that becomes ds64 when the file turns out too large. */
const ds64Bytes = 28;
const bufferBytes = 1 << 20;

function chunk(id: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** The bytes before the first sample, for a file of `frames` frames. */
export function header(options: WavOptions, frames: number): Buffer {
  const { channels, encoding, channelMask = null } = options;
  const dataBytes = frames * channels * bytesPerSample[encoding];
  const bext =
    options.timeReference == null && options.description === undefined
      ? []
      : [
          chunk(
            'bext',
            formatBroadcastExtension({
              timeReference: options.timeReference ?? 0,
              description: options.description ?? '',
              originator: 'SoniDesk',
              // A date would make equal runs differ.
              originationDate: '',
              originationTime: '',
            }),
          ),
        ];
  const format = chunk('fmt ', formatFormat({ ...options, channelMask }));
  const isFloat = encoding === 'float32' || encoding === 'float64';
  const factBytes = isFloat ? 12 : 0;
  const bextBytes = bext.reduce((sum, part) => sum + part.length, 0);
  const before = 12 + 8 + ds64Bytes + bextBytes + format.length + factBytes + 8;
  const riffBytes = before - 8 + dataBytes + (dataBytes % 2);
  const large = options.container === 'RF64' || riffBytes >= unknownSize;
  const small = (value: number) => (large ? unknownSize : value);

  const sizes = Buffer.alloc(ds64Bytes);
  if (large) {
    sizes.writeBigUInt64LE(BigInt(riffBytes), 0);
    sizes.writeBigUInt64LE(BigInt(dataBytes), 8);
    sizes.writeBigUInt64LE(BigInt(frames), 16);
  }
  const riff = Buffer.alloc(12);
  riff.write(large ? 'RF64' : 'RIFF', 0, 'latin1');
  riff.writeUInt32LE(small(riffBytes), 4);
  riff.write('WAVE', 8, 'latin1');
  const fact = Buffer.alloc(4);
  fact.writeUInt32LE(large && frames >= unknownSize ? unknownSize : frames);
  const data = Buffer.alloc(8);
  data.write('data', 0, 'latin1');
  data.writeUInt32LE(small(dataBytes), 4);
  return Buffer.concat([
    riff,
    chunk(large ? 'ds64' : 'JUNK', sizes),
    ...bext,
    format,
    ...(isFloat ? [chunk('fact', fact)] : []),
    data,
  ]);
}

/** A writer whose file outlives the process, to be gone on with by the next. */
export interface GrowingWav extends AudioWriter {
  /** Hands all that was written to the operating system. */
  flush(): Promise<void>;
  /** Closes the unfinished file and leaves it where `growWav` finds it. Does nothing after `close`. */
  suspend(): Promise<void>;
}

class WavFileWriter implements GrowingWav {
  framesWritten: number;
  readonly #frameBytes: number;
  readonly #bufferFrames: number;
  readonly #buffer: Uint8Array;
  #buffered = 0;
  #position: number;
  #open = true;

  constructor(
    readonly path: string,
    readonly partial: string,
    readonly file: FileHandle,
    readonly options: WavOptions,
    frames = 0,
    /** What an error leaves: with `growing` all that was written so far. */
    private readonly kind: 'new' | 'growing' = 'new',
  ) {
    this.framesWritten = frames;
    this.#frameBytes = options.channels * bytesPerSample[options.encoding];
    this.#bufferFrames = Math.max(1, Math.floor(bufferBytes / this.#frameBytes));
    this.#buffer = new Uint8Array(this.#bufferFrames * this.#frameBytes);
    this.#position = header(options, 0).length + frames * this.#frameBytes;
  }

  async write(audio: Planar): Promise<void> {
    const frames = audio[0]?.length ?? 0;
    if (!this.#open) throw new SoniError('internal', `${this.path} is closed; nothing can be written.`);
    if (audio.length !== this.options.channels || audio.some((plane) => plane.length !== frames)) {
      throw new SoniError(
        'internal',
        `Cannot write to ${this.path}: ${this.options.channels} channels of equal length were expected, got lengths ${audio.map((plane) => plane.length).join(', ')}.`,
      );
    }
    for (let done = 0; done < frames;) {
      const piece = Math.min(this.#bufferFrames - this.#buffered, frames - done);
      const bytes = this.#buffer.subarray(
        this.#buffered * this.#frameBytes,
        (this.#buffered + piece) * this.#frameBytes,
      );
      encodeSamples(this.options.encoding, audio, done, piece, bytes);
      this.#buffered += piece;
      done += piece;
      if (this.#buffered === this.#bufferFrames) await this.flush();
    }
    this.framesWritten += frames;
  }

  async flush(): Promise<void> {
    const bytes = this.#buffer.subarray(0, this.#buffered * this.#frameBytes);
    this.#buffered = 0;
    await this.#writeBytes(bytes, this.#position);
    this.#position += bytes.length;
  }

  async #writeBytes(bytes: Uint8Array, position: number): Promise<void> {
    try {
      await writeFully(this.file, bytes, position);
    } catch (thrown) {
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    try {
      await this.flush();
      const dataBytes = this.framesWritten * this.#frameBytes;
      if (dataBytes % 2 === 1) await this.#writeBytes(new Uint8Array(1), this.#position);
      await this.#writeBytes(header(this.options, this.framesWritten), 0);
      await this.file.sync();
      this.#open = false;
      await this.file.close();
      await rename(this.partial, this.path);
    } catch (thrown) {
      await (this.kind === 'growing' ? this.suspend() : this.abort());
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  async suspend(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.file.close();
  }

  async abort(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      await this.file.close();
    }
    await rm(this.partial, { force: true });
  }
}

/**
 * Starts a WAV file; the folder is made when missing. It stands under `path` only after `close`.
 * @throws SoniError `denied` | `no-space` | `bad-input` (also from `write` and `close`)
 */
export async function createWav(path: string, options: WavOptions): Promise<AudioWriter> {
  checkOptions(options);
  const partial = partialName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    return new WavFileWriter(path, partial, await open(partial, 'w'), options);
  } catch (thrown) {
    throw fileError(thrown, `write ${path}`);
  }
}

/**
 * A WAV file that grows beside its final name (`<path>.growing`) until `close`, over several lives of a
 * process: cut back to `frames`, or begun anew with 0. One that was finished already is taken up again.
 * @throws SoniError `corrupt` when there are fewer frames, `not-found` when there is no such file; as `createWav`
 */
export async function growWav(path: string, options: WavOptions, frames: number): Promise<GrowingWav> {
  checkOptions(options);
  const growing = `${path}.growing`;
  let file: FileHandle | undefined;
  try {
    if (frames > 0) await access(growing).catch(() => rename(path, growing));
    file = await open(growing, frames === 0 ? 'w' : 'r+');
    const bytes = header(options, 0).length + frames * options.channels * bytesPerSample[options.encoding];
    const { size } = await file.stat();
    if (frames > 0 && size < bytes) {
      throw new SoniError(
        'corrupt',
        `${growing} has ${size} bytes, ${bytes} were expected; run the job again.`,
      );
    }
    await file.truncate(Math.min(size, bytes));
    return new WavFileWriter(path, growing, file, options, frames, 'growing');
  } catch (thrown) {
    await file?.close();
    throw fileError(thrown, `write ${path}`);
  }
}

/** @throws SoniError `bad-usage` */
function checkOptions({ channels, sampleRate, encoding }: WavOptions): void {
  const maxChannels = Math.floor(0xffff / bytesPerSample[encoding]);
  if (!Number.isInteger(channels) || channels < 1 || channels > maxChannels) {
    throw new SoniError('bad-usage', `A WAV file has 1 to ${maxChannels} channels, not ${channels}.`);
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > highestRate) {
    throw new SoniError(
      'bad-usage',
      `A WAV file has a whole sample rate from 1 Hz to 10 MHz, not ${sampleRate}.`,
    );
  }
}
