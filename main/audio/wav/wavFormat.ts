import { SoniError } from '../../contracts/errors.ts';
import { bytesPerSample, type SampleEncoding } from './sampleEncoding.ts';

/** What a `fmt ` chunk says. */
export interface WavFormat {
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: SampleEncoding;
  /** Significant bits of a sample, at most those of the encoding. */
  readonly bitDepth: number;
  /** Speaker positions (WAVEFORMATEXTENSIBLE dwChannelMask); `null` when the file does not say. */
  readonly channelMask: number | null;
}

/** No audio has more (DSD runs at 11 MHz at one bit); a header that says so is damaged. */
export const highestRate = 1e7;

const pcmTag = 1;
const floatTag = 3;
const extensibleTag = 0xfffe;
/** Bytes 2 to 15 of the sub-format GUIDs of PCM and float: 0000-0010-8000-00AA00389B71. */
const guidTail = Buffer.from('000000001000800000aa00389b71', 'hex');

const integers: Readonly<Record<number, SampleEncoding>> = { 1: 'uint8', 2: 'int16', 3: 'int24', 4: 'int32' };
const floats: Readonly<Record<number, SampleEncoding>> = { 4: 'float32', 8: 'float64' };
const otherTags: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'µ-law',
  0x11: 'IMA ADPCM',
  0x31: 'GSM',
  0x50: 'MPEG',
  0x55: 'MP3',
};

/**
 * Reads a `fmt ` chunk. The container size is taken from the block alignment, as samples of 20 bits
 * stand left-justified in 24.
 * @throws SoniError `bad-input` for impossible numbers, `unsupported` for compressed WAV
 */
export function parseFormat(chunk: Buffer, path: string): WavFormat {
  if (chunk.length < 16) {
    throw new SoniError(
      'bad-input',
      `${path} is damaged: its format chunk has ${chunk.length} bytes, at least 16 were expected.`,
    );
  }
  let tag = chunk.readUInt16LE(0);
  const channels = chunk.readUInt16LE(2);
  const sampleRate = chunk.readUInt32LE(4);
  const blockAlign = chunk.readUInt16LE(12);
  let bitDepth = chunk.readUInt16LE(14);
  let channelMask: number | null = null;
  if (tag === extensibleTag && chunk.length >= 40) {
    const validBits = chunk.readUInt16LE(18);
    if (validBits > 0 && validBits < bitDepth) bitDepth = validBits;
    channelMask = chunk.readUInt32LE(20);
    // A foreign GUID keeps the extensible tag and is refused below.
    if (chunk.subarray(26, 40).equals(guidTail)) tag = chunk.readUInt16LE(24);
  }
  if (channels === 0 || sampleRate === 0 || sampleRate > highestRate) {
    throw new SoniError(
      'bad-input',
      `${path} is damaged: its header says ${channels} channels at ${sampleRate} Hz.`,
    );
  }
  const declared = Math.ceil(chunk.readUInt16LE(14) / 8);
  const container = blockAlign % channels === 0 && blockAlign > 0 ? blockAlign / channels : declared;
  const encoding = tag === floatTag ? floats[container] : tag === pcmTag ? integers[container] : undefined;
  if (encoding === undefined) {
    const name = otherTags[tag];
    const what = name ?? (tag === pcmTag || tag === floatTag ? `${bitDepth}-bit samples` : `format ${tag}`);
    throw new SoniError(
      'unsupported',
      `${path} holds ${what}; WAV files with 8 to 32-bit integers or 32 or 64-bit floats can be read. Export it as one of these.`,
    );
  }
  return { sampleRate, channels, encoding, bitDepth: bitDepth || bytesPerSample[encoding] * 8, channelMask };
}

/**
 * The content of a `fmt ` chunk. One and two channels get the plain form, which every program reads; more
 * get WAVE_FORMAT_EXTENSIBLE with a channel mask (0 = no positions assigned).
 */
export function formatFormat(format: Omit<WavFormat, 'bitDepth'>): Buffer {
  const { sampleRate, channels, encoding, channelMask } = format;
  const isFloat = encoding === 'float32' || encoding === 'float64';
  const bytes = bytesPerSample[encoding];
  const extensible = channels > 2 || channelMask !== null;
  const tag = isFloat ? floatTag : pcmTag;
  const chunk = Buffer.alloc(extensible ? 40 : isFloat ? 18 : 16);
  chunk.writeUInt16LE(extensible ? extensibleTag : tag, 0);
  chunk.writeUInt16LE(channels, 2);
  chunk.writeUInt32LE(sampleRate, 4);
  chunk.writeUInt32LE(Math.min(sampleRate * channels * bytes, 0xffffffff), 8);
  chunk.writeUInt16LE(channels * bytes, 12);
  chunk.writeUInt16LE(bytes * 8, 14);
  if (extensible) {
    chunk.writeUInt16LE(22, 16);
    chunk.writeUInt16LE(bytes * 8, 18);
    chunk.writeUInt32LE(channelMask ?? 0, 20);
    chunk.writeUInt16LE(tag, 24);
    guidTail.copy(chunk, 26);
  }
  return chunk;
}
