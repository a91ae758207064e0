import { SoniError } from '../../contracts/errors.ts';
import {
  parseBroadcastExtension,
  broadcastExtensionBytes,
  type BroadcastExtension,
} from './broadcastExtension.ts';
import { bytesPerSample } from './sampleEncoding.ts';
import { parseFormat, type WavFormat } from './wavFormat.ts';

/** Where things stand in a WAV, RF64 or BW64 file. */
export interface WavLayout {
  readonly container: 'WAV' | 'RF64' | 'BW64';
  readonly format: WavFormat;
  readonly dataStart: number;
  /** Whole frames that are really in the file. */
  readonly frames: number;
  readonly broadcast: BroadcastExtension | null;
  /** What was wrong with the header and how it was taken, for the user; `null` when all was well. */
  readonly warning: string | null;
}

/** Reads at most `length` bytes at `position`; fewer at the end of the file. */
export type ReadBytes = (position: number, length: number) => Promise<Buffer>;

interface Chunk {
  readonly id: string;
  /** Start of the content, after id and size. */
  readonly start: number;
  /** As declared; may lie. */
  readonly size: number;
}

const unknownSize = 0xffffffff;
/** A header of more chunks than this is garbage. */
const maxChunks = 10_000;
const isChunkId = (id: string) => /^[\x20-\x7e]{4}$/.test(id);

async function chunkAt(read: ReadBytes, position: number): Promise<Chunk | null> {
  const head = await read(position, 8);
  if (head.length < 8) return null;
  return { id: head.toString('latin1', 0, 4), start: position + 8, size: head.readUInt32LE(4) };
}

/**
 * The chunk after `chunk`. Odd chunks are followed by a pad byte, which some writers forget: the place
 * where a printable id stands is taken.
 */
async function chunkAfter(read: ReadBytes, chunk: Chunk, size: number): Promise<Chunk | null> {
  const padded = await chunkAt(read, chunk.start + size + (size % 2));
  if (size % 2 === 0 || (padded !== null && isChunkId(padded.id))) return padded;
  const unpadded = await chunkAt(read, chunk.start + size);
  return unpadded !== null && isChunkId(unpadded.id) ? unpadded : padded;
}

/** True when chunks follow each other from `position` exactly to the end of the file. */
async function areChunksToTheEnd(read: ReadBytes, position: number, fileBytes: number): Promise<boolean> {
  for (let count = 0; position < fileBytes; count++) {
    const chunk = await chunkAt(read, position);
    if (chunk === null || count > maxChunks || !isChunkId(chunk.id)) return false;
    position = chunk.start + chunk.size + (chunk.size % 2);
  }
  return position === fileBytes || position === fileBytes + 1;
}

function notWav(path: string, start: Buffer): SoniError {
  if (start.length === 0) {
    return new SoniError('bad-input', `${path} is empty (0 bytes); an audio file was expected.`);
  }
  const id = start.toString('latin1', 0, 4);
  if (id === 'RIFX' || id === 'FFIR') {
    return new SoniError('unsupported', `${path} is a big-endian WAV (${id}); export it as a plain WAV.`);
  }
  return new SoniError(
    'bad-input',
    `${path} is not a WAV file: it starts with "${id.replaceAll(/[^\x20-\x7e]/g, '?')}", "RIFF" or "RF64" was expected.`,
  );
}

/**
 * Walks the chunks of a file. Wrong sizes are taken as the common tools take them: a data chunk of
 * unknown size (0 or 0xFFFFFFFF, left by programs that write to a pipe or died) or one that is larger than
 * the file means all that is there.
 * RF64: EBU Tech 3306; BW64: ITU-R BS.2088.
 * @throws SoniError `bad-input` | `unsupported`
 */
export async function parseLayout(read: ReadBytes, fileBytes: number, path: string): Promise<WavLayout> {
  const start = await read(0, 12);
  const id = start.toString('latin1', 0, 4);
  if (!['RIFF', 'RF64', 'BW64'].includes(id) || start.toString('latin1', 8, 12) !== 'WAVE') {
    throw notWav(path, start);
  }
  const is64 = id !== 'RIFF';
  let format: WavFormat | null = null;
  let broadcast: BroadcastExtension | null = null;
  let largeDataSize: number | null = null;
  let data: { start: number; bytes: number } | null = null;
  let warning: string | null = null;

  let chunk = await chunkAt(read, 12);
  for (let count = 0; chunk !== null && count < maxChunks; count++) {
    let size = chunk.size;
    if (chunk.id === 'fmt ') {
      format ??= parseFormat(await read(chunk.start, Math.min(size, 64)), path);
    } else if (chunk.id === 'bext') {
      broadcast = parseBroadcastExtension(await read(chunk.start, Math.min(size, broadcastExtensionBytes)));
    } else if (chunk.id === 'ds64' && is64) {
      const sizes = await read(chunk.start, Math.min(size, 28));
      if (sizes.length >= 16) largeDataSize = Number(sizes.readBigUInt64LE(8));
    } else if (chunk.id === 'data' && data === null) {
      const available = Math.max(0, fileBytes - chunk.start);
      if (is64 && size === unknownSize && largeDataSize !== null) size = largeDataSize;
      if (size > available) {
        if (size < 0x7ffff000 || largeDataSize !== null) {
          warning = `The header promises ${size} bytes of audio, the file holds ${available}: it was cut off. What is there is used.`;
        }
        size = available;
      } else if (size === 0 && !(await areChunksToTheEnd(read, chunk.start, fileBytes))) {
        warning = `The header gives no length; all ${available} bytes that follow are taken as audio.`;
        size = available;
      }
      data = { start: chunk.start, bytes: size };
    } else if (!isChunkId(chunk.id)) {
      break; // trailing garbage
    }
    chunk = await chunkAfter(read, chunk, size);
  }

  if (format === null) {
    throw new SoniError('bad-input', `${path} is damaged: it has no format chunk. Export or copy it again.`);
  }
  if (data === null) {
    throw new SoniError(
      'bad-input',
      `${path} holds only a header and no audio (no data chunk). Export or copy it again.`,
    );
  }
  const frameBytes = bytesPerSample[format.encoding] * format.channels;
  return {
    container: is64 ? (id as 'RF64' | 'BW64') : 'WAV',
    format,
    dataStart: data.start,
    frames: Math.floor(data.bytes / frameBytes),
    broadcast,
    warning,
  };
}
