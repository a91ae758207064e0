import { open } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';

/** What the demuxer does not tell about an MP4 file (ISO 14496-12) and its first audio track. */
export interface Mp4Facts {
  /** ALAC magic cookie, from the box of that name inside the sample entry. */
  readonly alacCookie: Uint8Array | null;
  /** Play length of the edit list, with the scale it is given in. */
  readonly edit: { readonly duration: number; readonly timescale: number } | null;
  /** Apple's gapless comment: samples of delay before and padding after the audio, and its length. */
  readonly gapless: { readonly delay: number; readonly padding: number; readonly frames: number } | null;
}

/** Packets that a chunk may be said to hold though the track has fewer: some programs write a round number. */
const roomInChunk = 1 << 16;

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** A movie box larger than this is not looked at: a day of AAC has some 20 MB. */
const largestMovieBox = 256 * 2 ** 20;

function* boxes(bytes: Buffer): Generator<Box> {
  for (let at = 0; at + 8 <= bytes.length;) {
    const size32 = bytes.readUInt32BE(at);
    const long = size32 === 1 && at + 16 <= bytes.length;
    const head = long ? 16 : 8;
    const size = size32 === 0 ? bytes.length - at : long ? Number(bytes.readBigUInt64BE(at + 8)) : size32;
    if (size < head) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(at + head, at + size) };
    at += size;
  }
}

function find(bytes: Buffer | undefined, ...path: string[]): Buffer | undefined {
  for (const type of path) {
    if (bytes === undefined) return undefined;
    bytes = [...boxes(bytes)].find((box) => box.type === type)?.content;
  }
  return bytes;
}

function movieTimescale(moov: Buffer): number | null {
  const header = find(moov, 'mvhd');
  if (header === undefined || header.length < 24) return null;
  return header.readUInt32BE(header[0] === 1 ? 20 : 12);
}

/** The one edit that plays media; `null` when there is none or several. */
function editDuration(track: Buffer): number | null {
  const list = find(track, 'edts', 'elst');
  if (list === undefined || list.length < 8) return null;
  const long = list[0] === 1;
  const entry = long ? 20 : 12;
  const durations: number[] = [];
  for (let at = 8; at + entry <= list.length; at += entry) {
    const mediaTime = long ? list.readBigInt64BE(at + 8) : BigInt(list.readInt32BE(at + 4));
    if (mediaTime >= 0n) durations.push(long ? Number(list.readBigUInt64BE(at)) : list.readUInt32BE(at));
  }
  return durations.length === 1 && durations[0]! > 0 ? durations[0]! : null;
}

function alacCookie(track: Buffer): Uint8Array | null {
  const entries = find(track, 'mdia', 'minf', 'stbl', 'stsd');
  // Version, flags and entry count stand before the entries; 28 bytes of sound description in the entry.
  const entry = entries && find(entries.subarray(8), 'alac');
  const cookie = entry && find(entry.subarray(28), 'alac');
  return cookie === undefined || cookie.length < 28 ? null : cookie.subarray(4);
}

/** iTunSMPB: hexadecimal words, of which the second is the delay, the third the padding, the fourth the length. */
function gapless(moov: Buffer): Mp4Facts['gapless'] {
  const meta = find(moov, 'udta', 'meta');
  // `meta` is a full box in MP4 (4 bytes before its boxes), a plain one in QuickTime.
  const list = meta && (find(meta.subarray(4), 'ilst') ?? find(meta, 'ilst'));
  for (const item of list === undefined ? [] : boxes(list)) {
    if (item.type !== '----' || !find(item.content, 'name')?.includes('iTunSMPB')) continue;
    const text = find(item.content, 'data')?.toString('latin1', 8) ?? '';
    const words = text
      .trim()
      .split(/\s+/)
      .map((word) => Number.parseInt(word, 16));
    const [, delay, padding, frames] = words;
    if (delay === undefined || padding === undefined || frames === undefined) return null;
    return [delay, padding, frames].every(Number.isSafeInteger) ? { delay, padding, frames } : null;
  }
  return null;
}

/**
 * The demuxer walks through all packets of a chunk to find one: a damaged table that puts billions into a chunk would keep
 * it busy for minutes.
 * @throws SoniError `bad-input`
 */
function refuseDamagedChunks(track: Buffer, path: string): void {
  const table = find(track, 'mdia', 'minf', 'stbl');
  const sizes = find(table, 'stsz');
  const chunks = find(table, 'stsc');
  if (sizes === undefined || chunks === undefined || sizes.length < 12) return;
  const count = sizes.readUInt32BE(8);
  for (let at = 8; at + 12 <= chunks.length; at += 12) {
    const inChunk = chunks.readUInt32BE(at + 4);
    if (inChunk <= Math.max(count, roomInChunk)) continue;
    throw new SoniError(
      'bad-input',
      `${path} is damaged: a chunk is said to hold ${inChunk} packets, the track has ${count}. Export or copy it again.`,
    );
  }
}

const isAudio = (track: Buffer) => find(track, 'mdia', 'hdlr')?.toString('latin1', 8, 12) === 'soun';

/**
 * Reads only the movie box. A file without one gives no facts.
 * @throws SoniError `bad-input` for a table of packets that cannot be right
 */
export async function readMp4Facts(path: string): Promise<Mp4Facts> {
  try {
    const file = await open(path, 'r');
    try {
      const { size: fileBytes } = await file.stat();
      const head = Buffer.alloc(16);
      for (let at = 0; at + 8 <= fileBytes;) {
        await file.read(head, 0, 16, at);
        const size32 = head.readUInt32BE(0);
        const size = size32 === 1 ? Number(head.readBigUInt64BE(8)) : size32 === 0 ? fileBytes - at : size32;
        if (size < 8) break;
        if (head.toString('latin1', 4, 8) === 'moov' && size <= largestMovieBox) {
          const box = Buffer.alloc(Math.min(size, fileBytes - at));
          await file.read(box, 0, box.length, at);
          const moov = box.subarray(size32 === 1 ? 16 : 8);
          for (const { type, content } of boxes(moov))
            if (type === 'trak') refuseDamagedChunks(content, path);
          return factsOf(moov);
        }
        at += size;
      }
      return { alacCookie: null, edit: null, gapless: null };
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(thrown, `read ${path}`);
  }
}

function factsOf(moov: Buffer): Mp4Facts {
  const track = [...boxes(moov)].find((box) => box.type === 'trak' && isAudio(box.content))?.content;
  const timescale = movieTimescale(moov);
  const duration = track === undefined ? null : editDuration(track);
  return {
    alacCookie: track === undefined ? null : alacCookie(track),
    edit: duration === null || timescale === null ? null : { duration, timescale },
    gapless: gapless(moov),
  };
}
