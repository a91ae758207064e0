import { open } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';

export type AudioFormat =
  'wav' | 'aiff' | 'flac' | 'ogg-flac' | 'ogg-vorbis' | 'ogg-opus' | 'mp3' | 'adts' | 'mp4' | 'matroska';

const readable = 'WAV, AIFF, FLAC, MP3, AAC or M4A, Ogg Vorbis, Opus and WebM can be read';
const headBytes = 4096;

/** Formats that are known but not read, so that the message can name them. */
const foreign: readonly [start: string, name: string][] = [
  ['%PDF', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive'],
  ['\x1f\x8b', 'a gzip archive'],
  ['\x89PNG', 'a PNG picture'],
  ['\xff\xd8\xff', 'a JPEG picture'],
  ['MThd', 'a MIDI file, which holds notes and no audio'],
  ['caff', 'a Core Audio file'],
  ['wvpk', 'a WavPack file'],
  ['MAC ', "a Monkey's Audio file"],
  ['0&\xb2u', 'a Windows Media file'],
];

/** MPEG audio frame header: which layer, or `null`. ADTS has layer 0. */
function mpegLayer(bytes: Buffer, at: number): number | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  const version = (bytes[at + 1]! >> 3) & 3;
  const layer = (bytes[at + 1]! >> 1) & 3;
  if (layer === 0) return (bytes[at + 1]! & 0xf6) === 0xf0 && ((bytes[at + 2]! >> 2) & 15) < 13 ? 0 : null;
  const bitrate = bytes[at + 2]! >> 4;
  const rate = (bytes[at + 2]! >> 2) & 3;
  if (version === 1 || bitrate === 15 || bitrate === 0 || rate === 3) return null;
  return 4 - layer;
}

function looksLikeText(bytes: Buffer): boolean {
  const end = bytes.length < headBytes ? bytes.length : bytes.length - 4;
  const text = bytes.toString('utf8', 0, end);
  for (const char of text.slice(0, -1)) {
    // Control characters other than white space, or bytes that are no UTF-8.
    if (char === '\ufffd' || (char < ' ' && !'\t\n\v\f\r'.includes(char))) return false;
  }
  return true;
}

/** The length of an ID3v2 tag at the start, or 0. Both MP3 and ADTS (and, against the rules, FLAC) may have one. */
function id3Length(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, 3) !== 'ID3' || bytes.length < 10) return 0;
  const size = bytes.subarray(6, 10).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0);
  return 10 + size + ((bytes[5]! & 0x10) !== 0 ? 10 : 0);
}

function formatOf(head: Buffer): AudioFormat | null {
  const start = head.toString('latin1', 0, 4);
  const kind = head.toString('latin1', 8, 12);
  if (['RIFF', 'RF64', 'BW64', 'RIFX'].includes(start)) return kind === 'WAVE' ? 'wav' : null;
  if (start === 'FORM') return kind === 'AIFF' || kind === 'AIFC' ? 'aiff' : null;
  if (start === 'fLaC') return 'flac';
  if (start === '\x1aE\xdf\xa3') return 'matroska';
  if (start === 'OggS') {
    const packet = head.toString('latin1', 27 + (head[26] ?? 0));
    if (packet.startsWith('\x01vorbis')) return 'ogg-vorbis';
    if (packet.startsWith('OpusHead')) return 'ogg-opus';
    return packet.startsWith('\x7fFLAC') ? 'ogg-flac' : null;
  }
  if (head.toString('latin1', 4, 8) === 'ftyp' || head.toString('latin1', 4, 8) === 'moov') return 'mp4';
  const layer = mpegLayer(head, 0);
  if (layer !== null) return layer === 0 ? 'adts' : 'mp3';
  return null;
}

function refusal(path: string, head: Buffer): SoniError {
  const start = head.toString('latin1', 0, 8);
  const known = foreign.find(([magic]) => start.startsWith(magic))?.[1];
  if (known !== undefined) return new SoniError('unsupported', `${path} is ${known}; ${readable}.`);
  if (looksLikeText(head)) {
    return new SoniError('bad-input', `${path} holds text, whatever its name says; ${readable}.`);
  }
  return new SoniError('bad-input', `${path} is no audio file that is known here; ${readable}.`);
}

/**
 * What an audio file is, by its content; its name plays no part.
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported`
 */
export async function sniff(path: string): Promise<AudioFormat> {
  try {
    const file = await open(path, 'r');
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) {
        throw new SoniError('bad-input', `${path} is a folder; an audio file was expected.`);
      }
      const headAt = async (position: number) => {
        const bytes = Buffer.alloc(headBytes);
        const { bytesRead } = await file.read(bytes, 0, headBytes, position);
        return bytes.subarray(0, bytesRead);
      };
      const head = await headAt(0);
      if (head.length === 0) {
        throw new SoniError('bad-input', `${path} is empty (0 bytes); an audio file was expected.`);
      }
      const tag = id3Length(head);
      const format = formatOf(tag > 0 ? await headAt(tag) : head);
      // Behind a tag anything that is nothing else is taken for MP3, as its decoder searches for frames.
      if (format === null && tag > 0) return 'mp3';
      if (format === null) throw refusal(path, head);
      return format;
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(thrown, `open ${path}`);
  }
}
