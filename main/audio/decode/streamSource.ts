import { SoniError } from '../../contracts/errors.ts';
import type { Planar } from '../audioStream.ts';
import type { AudioSource } from './audioSource.ts';
import { openByteStream } from './byteStream.ts';
import { afterFrame } from './afterFrame.ts';
import { fromVorbisOrder, usualMask } from './channelOrder.ts';

/** What the decoders in WebAssembly return for a piece of a file. */
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly bitDepth?: number;
  readonly errors: readonly { readonly message: string; readonly outputSamples: number }[];
}

interface ByteDecoder {
  readonly ready: Promise<void>;
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
  flush?(): Promise<Decoded>;
  free(): void;
}

export interface StreamFormat {
  readonly name: string;
  create(): Promise<ByteDecoder>;
  readonly vorbisOrder?: boolean;
  /** True channel count, where the decoder makes more of them. */
  readonly channelsOf?: (path: string) => Promise<number>;
  readonly header?: (head: Uint8Array) => HeaderFacts | null;
}

export interface HeaderFacts {
  readonly sampleRate: number;
  readonly channels: number;
  /** 0 when the header does not say, or there is no audio. */
  readonly frames: number;
}

/** Some 1 to 5 seconds of compressed audio. */
const pieceBytes = 1 << 16;

/**
 * libFLAC's wrapper scales integers by 1 / (2^(bits-1) - 1); everybody else, our WAV reader too, by
 * 1 / 2^(bits-1). Going back over the integer gives the exact value for up to 24 bits.
 */
function exactIntegers(planes: readonly Float32Array[], bits: number): void {
  const full = 2 ** (bits - 1);
  for (const plane of planes) {
    for (let frame = 0; frame < plane.length; frame++) {
      plane[frame] = Math.round(plane[frame]! * (full - 1)) / full;
    }
  }
}

/**
 * A file whose decoder takes raw bytes and finds frames by itself: MP3, FLAC, Vorbis.
 * @throws SoniError `bad-input` when no audio comes out
 */
export async function openStreamSource(path: string, format: StreamFormat): Promise<AudioSource> {
  const bytes = await openByteStream(path, pieceBytes);
  const decoder = await format.create();
  await decoder.ready;
  const warnings: string[] = [];
  let head: Uint8Array | null = null;
  let damaged = 0;
  let ended = false;

  /** The next block with audio in it; `null` at the end. */
  async function next(): Promise<Decoded | null> {
    while (!ended) {
      const piece = await bytes.next();
      head ??= piece;
      let result: Decoded | undefined;
      try {
        if (piece === null) {
          ended = true;
          result = await decoder.flush?.();
        } else {
          result = await decoder.decode(piece);
        }
      } catch {
        // Its frame search gave up: nothing after this place can be found.
        ended = true;
        damaged++;
      }
      damaged += result?.errors.length ?? 0;
      if (result === undefined || result.samplesDecoded === 0) continue;
      return result;
    }
    if (damaged > 0)
      warnings.push(`${damaged} damaged ${damaged === 1 ? 'place was' : 'places were'} skipped.`);
    return null;
  }

  let first: Decoded | null;
  let real = Infinity;
  try {
    first = await next();
    real = (await format.channelsOf?.(path)) ?? Infinity;
  } catch (thrown) {
    decoder.free();
    await bytes.close();
    throw thrown;
  }
  const facts = head === null ? null : (format.header?.(head) ?? null);
  // A header that promises no audio, and none: an empty recording, not a damaged one.
  const empty = facts?.frames === 0 && !damaged ? facts : null;
  const shape =
    first === null
      ? empty && { sampleRate: empty.sampleRate, channels: empty.channels }
      : { sampleRate: first.sampleRate, channels: Math.min(real, first.channelData.length) };
  const close = async () => {
    decoder.free();
    await bytes.close();
  };
  if (shape === null) {
    await close();
    throw new SoniError(
      'bad-input',
      `${path} looks like ${format.name}, but no audio could be decoded from it: it is cut off or damaged.`,
    );
  }
  const found = shape;
  async function* blocks(): AsyncGenerator<Planar> {
    let frames = 0;
    for (let block = first; block !== null; block = await next()) {
      if (block.channelData.length < found.channels || block.sampleRate !== found.sampleRate) {
        throw new SoniError(
          'unsupported',
          `${path} changes to ${block.channelData.length} channels at ${block.sampleRate} Hz on its way; split it first.`,
        );
      }
      frames += block.samplesDecoded;
      // Views of the decoder's memory are cut to what was decoded and copied.
      const planes = block.channelData
        .slice(0, found.channels)
        .map((plane) => plane.slice(0, block.samplesDecoded));
      if (format.name.includes('FLAC')) exactIntegers(planes, block.bitDepth ?? 16);
      yield format.vorbisOrder === true ? fromVorbisOrder(planes) : planes;
    }
    if (facts !== null && frames < facts.frames) {
      warnings.push(
        `The header promises ${facts.frames} frames, the file holds ${frames}: it was cut off. What is there is used.`,
      );
    }
  }
  return {
    format: format.name,
    ...shape,
    channelMask: usualMask(shape.channels),
    timeReference: null,
    warnings,
    progress: () => ({ done: bytes.position, total: bytes.size }),
    blocks: (from = 0) => afterFrame(blocks(), from),
    close,
  };
}
