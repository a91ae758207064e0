/** What the encoder tells of a stream when it is finished. */
export interface StreamInfo {
  readonly min_blocksize: number;
  readonly max_blocksize: number;
  readonly min_framesize: number;
  readonly max_framesize: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly total_samples: number;
  /** 32 hexadecimal digits. */
  readonly md5sum: string;
}

const blockType = { streamInfo: 0, vorbisComment: 4 } as const;
/** The bit that marks the last block of metadata. */
const isLast = 0x80;

function block(type: number, content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(type, 0);
  head.writeUIntBE(content.length, 1, 3);
  return Buffer.concat([head, content]);
}

/** STREAMINFO (RFC 9639, section 8.2), the first block of a file. */
export function streamInfoBlock(info: StreamInfo): Buffer {
  const content = Buffer.alloc(34);
  content.writeUInt16BE(info.min_blocksize, 0);
  content.writeUInt16BE(info.max_blocksize, 2);
  content.writeUIntBE(info.min_framesize, 4, 3);
  content.writeUIntBE(info.max_framesize, 7, 3);
  // 20 bits of rate, 3 of channels - 1, 5 of bits - 1, 36 of samples.
  const packed =
    (BigInt(info.sampleRate) << 44n) |
    (BigInt(info.channels - 1) << 41n) |
    (BigInt(info.bitsPerSample - 1) << 36n) |
    BigInt(info.total_samples);
  content.writeBigUInt64BE(packed, 10);
  content.write(info.md5sum, 18, 'hex');
  return block(blockType.streamInfo, content);
}

/** VORBIS_COMMENT (RFC 9639, section 8.6) as the last block: `NAME=value` each. */
export function vorbisCommentBlock(vendor: string, comments: readonly string[]): Buffer {
  const text = (value: string) => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  return block(blockType.vorbisComment | isLast, Buffer.concat([text(vendor), count, ...comments.map(text)]));
}
