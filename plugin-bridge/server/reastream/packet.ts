import type { Planar } from '../../../main/audio/audioStream.ts';

/** One datagram of REAPER's ReaStream plug-in. */
export interface ReaStreamPacket {
  /** What the user typed into ReaStream. */
  readonly identifier: string;
  readonly sampleRate: number;
  readonly audio: Planar;
}

/** "MRSR", size (i32), identifier (32 bytes), channels (u8), rate (i32), bytes of audio (i16). */
const headBytes = 47;
const identifierBytes = 32;
const mostAudioBytes = 1200;
const mostChannels = 64;
const highestRate = 768_000;

/**
 * Reads a datagram: little-endian, float32, one channel after the other.
 * @returns null for what is not one: ReaStream's MIDI (`mRSR`), other programs, damaged ones
 */
export function parseReaStream(datagram: Uint8Array): ReaStreamPacket | null {
  if (datagram.length < headBytes) return null;
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (bytes.toString('latin1', 0, 4) !== 'MRSR') return null;
  const channels = bytes.readUInt8(40);
  const sampleRate = bytes.readInt32LE(41);
  const audioBytes = bytes.readInt16LE(45);
  if (channels < 1 || channels > mostChannels || sampleRate < 1 || sampleRate > highestRate) return null;
  if (audioBytes < 0 || audioBytes > mostAudioBytes || audioBytes % (4 * channels) !== 0) return null;
  if (bytes.length < headBytes + audioBytes || bytes.readInt32LE(4) !== headBytes + audioBytes) return null;
  const name = bytes.toString('utf8', 8, 8 + identifierBytes);
  const samples = new Float32Array(Uint8Array.from(bytes.subarray(headBytes, headBytes + audioBytes)).buffer);
  const frames = samples.length / channels;
  return {
    identifier: name.includes('\0') ? name.slice(0, name.indexOf('\0')) : name,
    sampleRate,
    audio: Array.from({ length: channels }, (_, channel) =>
      samples.subarray(channel * frames, (channel + 1) * frames),
    ),
  };
}
