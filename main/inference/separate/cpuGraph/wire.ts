import { SoniError } from '../../../contracts/errors.ts';

/** Reads bytes at a place: of a buffer, or of a file that is too large to hold. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/** A field of a protocol buffers message (https://protobuf.dev/programming-guides/encoding), its content not looked at. */
export interface WireField {
  readonly number: number;
  /** Where the field with its tag starts and ends. */
  readonly start: number;
  readonly end: number;
  /** Start of the content: behind tag and length. */
  readonly content: number;
  /** The value of a varint field; 0 for the others. */
  readonly value: number;
}

/** The fields of the message that stands between `start` and `end`. @throws SoniError `corrupt` */
export function* wireFields(read: ReadAt, start: number, end: number): Generator<WireField> {
  for (let at = start; at < end;) {
    const fieldStart = at;
    const [tag, afterTag] = varint(read, at);
    const type = tag & 7;
    let content = afterTag;
    let value = 0;
    if (type === 0) [value, at] = varint(read, afterTag);
    else if (type === 1) at = afterTag + 8;
    else if (type === 5) at = afterTag + 4;
    else if (type === 2) {
      const [length, afterLength] = varint(read, afterTag);
      content = afterLength;
      at = afterLength + length;
    } else throw damaged(fieldStart);
    if (at > end) throw damaged(fieldStart);
    yield { number: Math.floor(tag / 8), start: fieldStart, end: at, content, value };
  }
}

/** A varint as a number (exact below 2^53) and where it ends. */
function varint(read: ReadAt, at: number): [value: number, end: number] {
  const bytes = read(at, 10);
  let value = 0;
  for (let i = 0; i < bytes.length; i++) {
    value += (bytes[i]! & 0x7f) * 2 ** (7 * i);
    if (bytes[i]! < 0x80) return [value, at + i + 1];
  }
  throw damaged(at);
}

const damaged = (at: number) =>
  new SoniError('corrupt', `The model file is damaged at byte ${at}. Get it again.`);
