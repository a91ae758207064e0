/** RIFF files made by hand, right and wrong ones. */

export interface WaveFacts {
  readonly sampleRate?: number;
  readonly channels?: number;
  /** 1 integer, 3 float. */
  readonly format?: 1 | 3;
  readonly bits?: 16 | 24 | 32;
}

/** Sample `frame` of channel `channel`, -1 to 1. */
export type Signal = (frame: number, channel: number) => number;

export const tone: Signal = (frame, channel) => 0.3 * Math.sin(frame * 0.05 * (1 + channel));

export function wave(
  frames: number,
  signal: Signal,
  { sampleRate = 44_100, channels = 1, format = 1, bits = 16 }: WaveFacts = {},
): Buffer {
  const bytes = bits / 8;
  const data = Buffer.alloc(frames * channels * bytes);
  for (let frame = 0; frame < frames; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      const at = (frame * channels + channel) * bytes;
      const value = signal(frame, channel);
      if (format === 3) data.writeFloatLE(value, at);
      else data.writeIntLE(Math.round(value * (2 ** (bits - 1) - 1)), at, bytes);
    }
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(format, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * channels * bytes, 28);
  head.writeUInt16LE(channels * bytes, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** The same bytes with the data chunk claiming another size. */
export function claiming(file: Buffer, dataBytes: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt32LE(dataBytes, 40);
  return copy;
}
