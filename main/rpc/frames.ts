/** Bytes of the length that precedes each frame: an unsigned 32-bit little-endian count of payload bytes. */
const headerBytes = 4;

/** Control messages are small; audio goes by file. A longer frame is a mistake or an attack. */
export const defaultMaxFrameBytes = 16 * 1024 * 1024;

/** A payload with its length in front. */
export function encodeFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.byteLength);
  frame.writeUInt32LE(payload.byteLength, 0);
  frame.set(payload, headerBytes);
  return frame;
}

/** Cuts a byte stream, however it was split on the way, into the frames that were sent. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly maxFrameBytes = defaultMaxFrameBytes) {}

  /** Bytes that wait for the rest of their frame. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  /**
   * @returns the payloads that are complete with this chunk
   * @throws RangeError when a frame announces more than the cap; the stream cannot be followed any more
   */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    const payloads: Buffer[] = [];
    while (this.#bytes >= headerBytes) {
      const length = this.#peek(headerBytes).readUInt32LE(0);
      if (length > this.maxFrameBytes) {
        throw new RangeError(
          `A frame of ${length} bytes was announced; at most ${this.maxFrameBytes} are allowed.`,
        );
      }
      if (this.#bytes < headerBytes + length) break;
      payloads.push(this.#take(headerBytes + length).subarray(headerBytes));
    }
    return payloads;
  }

  #peek(count: number): Buffer {
    // Joined only when the header itself is split, so a long frame in many chunks is copied once.
    if (this.#chunks[0]!.byteLength < count) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }

  #take(count: number): Buffer {
    const joined = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const rest = joined.subarray(count);
    this.#chunks = rest.byteLength > 0 ? [rest] : [];
    this.#bytes -= count;
    return joined.subarray(0, count);
  }
}
