import { SoniError } from '../../main/contracts/errors.ts';

/**
 * The frame of the bridge protocol; PROTOCOL.md has the byte layout. All numbers are little-endian.
 */
export const protocolVersion = 1;
export const headerBytes = 24;
/** "SNDK" read as a little-endian u32. */
const magic = 0x4b444e53;
/** A larger frame is refused before anything is allocated: no peer can ask us for memory. */
export const maxPayloadBytes = 1 << 20;

/** Flag: the payload goes on in the next frame of this type. */
export const moreFollows = 1;

export const frameTypes = {
  hello: 0x01,
  welcome: 0x02,
  refused: 0x03,
  ping: 0x04,
  pong: 0x05,
  bye: 0x06,
  audio: 0x10,
  gap: 0x11,
  transport: 0x12,
  parameters: 0x13,
  status: 0x14,
  assign: 0x20,
  stems: 0x21,
  notes: 0x22,
  strip: 0x23,
  monitor: 0x24,
} as const;
export type FrameType = keyof typeof frameTypes;

const names = new Map<number, FrameType>(
  Object.entries(frameTypes).map(([name, code]) => [code, name as FrameType]),
);

export interface Frame {
  readonly type: FrameType;
  readonly flags: number;
  /** 0 for control; audio streams are numbered by the plugin. */
  readonly stream: number;
  /** Counts the frames of one direction of a connection, from 0. */
  readonly sequence: bigint;
  readonly payload: Uint8Array;
}

/** A frame as bytes. @throws SoniError `internal` when the payload is over the cap. */
export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.payload.length > maxPayloadBytes) {
    throw new SoniError(
      'internal',
      `A frame of ${frame.payload.length} bytes is over the cap of ${maxPayloadBytes}.`,
    );
  }
  const bytes = new Uint8Array(headerBytes + frame.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint8(4, protocolVersion);
  view.setUint8(5, frameTypes[frame.type]);
  view.setUint16(6, frame.flags, true);
  view.setUint32(8, frame.stream, true);
  view.setUint32(12, frame.payload.length, true);
  view.setBigUint64(16, frame.sequence, true);
  bytes.set(frame.payload, headerBytes);
  return bytes;
}

interface Header {
  readonly type: FrameType | undefined;
  readonly flags: number;
  readonly stream: number;
  readonly length: number;
  readonly sequence: bigint;
}

/**
 * Cuts a byte stream into frames, whatever the pieces it arrives in. Frames of unknown types are passed over,
 * so that a newer minor peer can be talked to; anything that cannot be a frame ends the connection.
 */
export class FrameDecoder {
  readonly #pieces: Uint8Array[] = [];
  #held = 0;
  #expected = 0n;
  /** Of the frame whose payload is not complete yet. */
  #header: Header | undefined;

  /**
   * Takes the next bytes and yields the frames they complete. Payloads are views of what was pushed where they came
   * in one piece: neither may be written to afterwards.
   * @throws SoniError `bad-input` (wrong magic, over the cap, frames lost) | `newer-format` (another version)
   */
  *push(bytes: Uint8Array): Generator<Frame> {
    if (bytes.length > 0) {
      // Plain arrays: a Buffer's own views cost more to make.
      this.#pieces.push(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
      this.#held += bytes.length;
    }
    for (;;) {
      if (this.#header === undefined) {
        if (this.#held < headerBytes) return;
        this.#header = this.#parse(this.#take(headerBytes));
      }
      const { type, flags, stream, length, sequence } = this.#header;
      if (this.#held < length) return;
      this.#header = undefined;
      const payload = this.#take(length);
      if (type !== undefined) yield { type, flags, stream, sequence, payload };
    }
  }

  /** Bytes of an unfinished frame. */
  get pending(): number {
    return this.#held + (this.#header === undefined ? 0 : headerBytes);
  }

  #parse(bytes: Uint8Array): Header {
    const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
    const found = view.getUint32(0, true);
    if (found !== magic) {
      throw new SoniError(
        'bad-input',
        `Not a bridge frame: it starts with 0x${found.toString(16)}, "SNDK" was expected.`,
      );
    }
    const version = view.getUint8(4);
    if (version !== protocolVersion) {
      throw new SoniError(
        'newer-format',
        `The other side speaks bridge protocol ${version}, this is ${protocolVersion}. Install the same SoniDesk version on both sides.`,
      );
    }
    const length = view.getUint32(12, true);
    if (length > maxPayloadBytes) {
      throw new SoniError('bad-input', `A frame of ${length} bytes is over the cap of ${maxPayloadBytes}.`);
    }
    const sequence = view.getBigUint64(16, true);
    if (sequence !== this.#expected) {
      throw new SoniError('bad-input', `Frame ${sequence} arrived where ${this.#expected} was expected.`);
    }
    this.#expected++;
    return {
      type: names.get(view.getUint8(5)),
      flags: view.getUint16(6, true),
      stream: view.getUint32(8, true),
      length,
      sequence,
    };
  }

  /** The first `count` held bytes; copied only where they came in several pieces. */
  #take(count: number): Uint8Array {
    this.#held -= count;
    const first = this.#pieces[0];
    if (first === undefined || count === 0) return new Uint8Array(0);
    if (first.length > count) {
      this.#pieces[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    if (first.length === count) return this.#pieces.shift()!;
    const joined = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const piece = this.#pieces[0]!;
      const part = piece.subarray(0, count - at);
      joined.set(part, at);
      at += part.length;
      if (part.length === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(part.length);
    }
    return joined;
  }
}
