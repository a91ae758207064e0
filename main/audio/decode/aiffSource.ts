import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { bytesPerSample, decodeSamples, type SampleEncoding } from '../wav/sampleEncoding.ts';
import { highestRate } from '../wav/wavFormat.ts';
import type { AudioSource } from './audioSource.ts';
import { usualMask } from './channelOrder.ts';

interface AiffLayout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitDepth: number;
  readonly encoding: SampleEncoding;
  readonly littleEndian: boolean;
  readonly frames: number;
  readonly dataStart: number;
  readonly warning: string | null;
}

const integers: Readonly<Record<number, SampleEncoding>> = { 1: 'uint8', 2: 'int16', 3: 'int24', 4: 'int32' };
const blockFrames = 1 << 16;

/** 80-bit extended float, the way AIFF writes its sample rate. */
function extended(bytes: Buffer, at: number): number {
  const exponent = (bytes.readUInt16BE(at) & 0x7fff) - 16_383;
  return Number(bytes.readBigUInt64BE(at + 2)) * 2 ** (exponent - 63);
}

type Read = (position: number, length: number) => Promise<Buffer>;

/** AIFF 1.3 and AIFF-C: `COMM` says how, `SSND` holds the samples, big-endian unless AIFF-C says `sowt`. */
async function parse(read: Read, fileBytes: number, path: string): Promise<AiffLayout> {
  let common: Buffer | null = null;
  let sound: { start: number; bytes: number } | null = null;
  for (let at = 12; at + 8 <= fileBytes;) {
    const head = await read(at, 8);
    const id = head.toString('latin1', 0, 4);
    const size = head.readUInt32BE(4);
    if (id === 'COMM') common = await read(at + 8, Math.min(size, 64));
    if (id === 'SSND' && sound === null) {
      const field = await read(at + 8, 4);
      const offset = field.length === 4 ? field.readUInt32BE(0) : 0;
      sound = { start: at + 16 + offset, bytes: Math.max(0, size - 8 - offset) };
    }
    at += 8 + size + (size % 2);
  }
  if (common === null || common.length < 18) {
    throw new SoniError('bad-input', `${path} is damaged: it has no format chunk. Export or copy it again.`);
  }
  const channels = common.readUInt16BE(0);
  const declared = common.readUInt32BE(2);
  const bitDepth = common.readUInt16BE(6);
  const sampleRate = extended(common, 8);
  const compression = common.length >= 22 ? common.toString('latin1', 18, 22) : 'NONE';
  const bytes = Math.ceil(bitDepth / 8);
  const encoding = ['NONE', 'twos', 'in24', 'in32', 'sowt'].includes(compression)
    ? integers[bytes]
    : ({ fl32: 'float32', FL32: 'float32', fl64: 'float64', FL64: 'float64' } as const)[compression];
  if (channels === 0 || !Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > highestRate) {
    throw new SoniError(
      'bad-input',
      `${path} is damaged: its header says ${channels} channels at ${sampleRate} Hz.`,
    );
  }
  if (encoding === undefined) {
    throw new SoniError(
      'unsupported',
      `${path} holds AIFF with "${compression}" samples of ${bitDepth} bits; uncompressed AIFF can be read. Export it as WAV.`,
    );
  }
  if (sound === null && declared > 0) {
    throw new SoniError('bad-input', `${path} holds only a header and no audio. Export or copy it again.`);
  }
  const frameBytes = bytesPerSample[encoding] * channels;
  const present = sound === null ? 0 : Math.max(0, fileBytes - sound.start);
  const frames = Math.min(declared, Math.floor(present / frameBytes));
  const warning =
    frames < declared
      ? `The header promises ${declared} frames, the file holds ${frames}: it was cut off. What is there is used.`
      : null;
  return {
    sampleRate,
    channels,
    bitDepth,
    encoding,
    littleEndian: compression === 'sowt',
    frames,
    dataStart: sound?.start ?? 0,
    warning,
  };
}

/** To the byte order and 8-bit convention of WAV. */
function toWavBytes(bytes: Buffer, layout: AiffLayout): void {
  const size = bytesPerSample[layout.encoding];
  if (size === 1) for (let at = 0; at < bytes.length; at++) bytes[at] = bytes[at]! ^ 0x80;
  if (layout.littleEndian || size === 1) return;
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else if (size === 8) bytes.swap64();
  else {
    for (let at = 0; at + 2 < bytes.length; at += 3) {
      const high = bytes[at]!;
      bytes[at] = bytes[at + 2]!;
      bytes[at + 2] = high;
    }
  }
}

/** @throws SoniError `bad-input` | `unsupported` */
export async function openAiffSource(path: string): Promise<AudioSource> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const handle = file;
    const read: Read = async (position, length) => {
      // Its own memory, so that typed arrays may lie on it.
      const bytes = Buffer.from(new ArrayBuffer(length));
      const { bytesRead } = await handle.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    };
    const layout = await parse(read, (await handle.stat()).size, path);
    const frameBytes = bytesPerSample[layout.encoding] * layout.channels;
    let done = 0;
    return {
      format: `AIFF ${layout.bitDepth}-bit ${layout.encoding.startsWith('float') ? 'float' : 'integer'}`,
      sampleRate: layout.sampleRate,
      channels: layout.channels,
      channelMask: usualMask(layout.channels),
      timeReference: null,
      warnings: layout.warning === null ? [] : [layout.warning],
      progress: () => ({ done, total: layout.frames }),
      async *blocks(from = 0) {
        done = from;
        while (done < layout.frames) {
          const frames = Math.min(blockFrames, layout.frames - done);
          const bytes = await read(layout.dataStart + done * frameBytes, frames * frameBytes);
          if (bytes.length < frames * frameBytes) {
            throw new SoniError('bad-input', `${path} became shorter while it was being read.`);
          }
          toWavBytes(bytes, layout);
          const planes = Array.from({ length: layout.channels }, () => new Float32Array(frames));
          decodeSamples(layout.encoding, bytes, planes, 0, frames);
          done += frames;
          yield planes;
        }
      },
      close: () => handle.close(),
    };
  } catch (thrown) {
    await file?.close();
    throw fileError(thrown, `open ${path}`);
  }
}
