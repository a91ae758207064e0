/**
 * The part of the protocol buffers wire format that an ONNX file needs, writing only
 * (https://protobuf.dev/programming-guides/encoding). A message is the concatenation of its fields.
 *
 * Written by hand instead of taking protobufjs with the ONNX schema: three wire types fit into this file, no
 * dependency and no schema come with them, and the bytes, which a pack pins by a hash, stay ours.
 */
export type Field = Uint8Array;

const text = new TextEncoder();

/** A message or string body of known length. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Base-128 varint; negative numbers as 64-bit two's complement, as int64 fields want them. */
function varint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

const tag = (field: number, wireType: 0 | 2 | 5) => varint((field << 3) | wireType);

/** int32, int64, enum. */
export const integer = (field: number, value: number | bigint): Field =>
  concatBytes([tag(field, 0), varint(value)]);

/** float, little-endian. */
export function float(field: number, value: number): Field {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([tag(field, 5), bytes]);
}

export const bytes = (field: number, value: Uint8Array): Field =>
  concatBytes([tag(field, 2), varint(value.length), value]);

export const string = (field: number, value: string): Field => bytes(field, text.encode(value));

export const message = (field: number, fields: readonly Field[]): Field => bytes(field, concatBytes(fields));
