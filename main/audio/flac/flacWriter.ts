import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { partialName } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';
import { writeFully } from '../../platform/writeFully.ts';
import type { AudioWriter, Planar } from '../audioStream.ts';
import { quantise } from '../wav/sampleEncoding.ts';
import { libFlac, type FlacLibrary } from './libFlac.ts';
import { streamInfoBlock, vorbisCommentBlock, type StreamInfo } from './metadata.ts';

interface FlacOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** All that will be written. */
  readonly frames: number;
  /** Position on the host timeline in sample frames; FLAC has no field of its own for it, a comment says it. */
  readonly timeReference: number | null;
  readonly title: string;
}

/** Bits a sample: what a DAW's 24-bit file holds. */
const bits = 24;
/** libFLAC's own default: a fifth smaller than the fastest, and as fast to decode. */
const compressionLevel = 5;
/** Limits of the format (RFC 9639, sections 8.2 and 9.1). */
const [mostChannels, highestRate] = [8, 655_350];

/**
 * A 24-bit FLAC file by libFLAC, streamed: the samples of a WAV file with the same bits, bit for bit.
 * It stands under `path` only after `close`.
 * @throws SoniError `unsupported` | `denied` | `no-space`
 */
export async function createFlac(path: string, options: FlacOptions): Promise<AudioWriter> {
  const { channels, sampleRate } = options;
  if (channels > mostChannels || sampleRate > highestRate) {
    throw new SoniError(
      'unsupported',
      `FLAC holds at most ${mostChannels} channels at ${highestRate} Hz, not ${channels} at ${sampleRate}. Choose WAV.`,
    );
  }
  const library = await libFlac();
  const partial = partialName(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    return new FlacFileWriter(library, path, partial, await open(partial, 'w'), options);
  } catch (thrown) {
    throw fileError(thrown, `write ${path}`);
  }
}

class FlacFileWriter implements AudioWriter {
  framesWritten = 0;
  readonly #encoder: number;
  /** What the encoder has given out since the last write: blocks of metadata first, then frames. */
  #given: Uint8Array[] = [];
  #headerWritten = false;
  #info: StreamInfo | null = null;
  #position = 0;
  #open = true;

  constructor(
    private readonly library: FlacLibrary,
    private readonly path: string,
    private readonly partial: string,
    private readonly file: FileHandle,
    private readonly options: FlacOptions,
  ) {
    const { sampleRate, channels, frames } = options;
    this.#encoder = library.create_libflac_encoder(
      sampleRate,
      channels,
      bits,
      compressionLevel,
      frames,
      false,
      0,
    );
    const status = library.init_encoder_stream(
      this.#encoder,
      // The bytes are the encoder's own memory, which it goes on writing to.
      (bytes: Uint8Array) => void this.#given.push(bytes.slice()),
      (info) => {
        this.#info = info ?? null;
      },
    );
    if (status !== 0) throw new SoniError('internal', `The FLAC encoder did not start (${status}).`);
  }

  async write(audio: Planar): Promise<void> {
    const frames = audio[0]?.length ?? 0;
    if (!this.#open) throw new SoniError('internal', `${this.path} is closed; nothing can be written.`);
    if (frames === 0) return;
    const planes = audio.map((plane) => Int32Array.from(plane, (value) => quantise(value, 2 ** (bits - 1))));
    if (!this.library.FLAC__stream_encoder_process(this.#encoder, planes, frames)) this.#refuse();
    this.framesWritten += frames;
    await this.#flush();
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    try {
      if (!this.library.FLAC__stream_encoder_finish(this.#encoder)) this.#refuse();
      await this.#flush();
      await writeFully(this.file, this.#header(), 0);
      await this.file.sync();
      this.#release();
      await this.file.close();
      await rename(this.partial, this.path);
    } catch (thrown) {
      await this.abort();
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  async abort(): Promise<void> {
    if (this.#open) {
      this.#release();
      await this.file.close();
    }
    await rm(this.partial, { force: true });
  }

  #release(): void {
    this.#open = false;
    this.library.FLAC__stream_encoder_delete(this.#encoder);
  }

  #refuse(): never {
    const state = this.library.FLAC__stream_encoder_get_state(this.#encoder);
    throw new SoniError(
      'internal',
      `The FLAC encoder stopped in state ${state}; ${this.path} is not written.`,
    );
  }

  /** Signature and metadata; of the same length before and after the sums are known. */
  #header(): Uint8Array {
    const { sampleRate, channels, frames, title, timeReference } = this.options;
    const empty = { min_blocksize: 0, max_blocksize: 0, min_framesize: 0, max_framesize: 0, md5sum: '' };
    const comments = [`TITLE=${title}`];
    if (timeReference !== null) comments.push(`TIME_REFERENCE=${timeReference}`);
    return Buffer.concat([
      Buffer.from('fLaC'),
      streamInfoBlock({
        ...(this.#info ?? empty),
        sampleRate,
        channels,
        bitsPerSample: bits,
        total_samples: frames,
      }),
      vorbisCommentBlock('SoniDesk', comments),
    ]);
  }

  async #flush(): Promise<void> {
    const given = this.#given;
    this.#given = [];
    try {
      for (const bytes of given) {
        // The encoder's own metadata gives way to ours; frames start with their sync code.
        if (!this.#headerWritten && bytes[0] !== 0xff) continue;
        if (!this.#headerWritten) await this.#append(this.#header());
        this.#headerWritten = true;
        await this.#append(bytes);
      }
    } catch (thrown) {
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    await writeFully(this.file, bytes, this.#position);
    this.#position += bytes.length;
  }
}
