import { bytes, concatBytes, integer, message, string } from '../../convert/protobuf.ts';
import type { GraphNode } from './onnxGraph.ts';
import { wireFields, type ReadAt } from './wire.ts';

const int64 = 7;
const tensorAttribute = 4;

/** A node that gives a vector of int64: a shape. */
export function constantNode(output: string, values: readonly bigint[]): GraphNode {
  const raw = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) raw.setBigInt64(8 * i, value, true);
  const tensor = message(5, [
    integer(1, values.length),
    integer(2, int64),
    bytes(9, new Uint8Array(raw.buffer)),
  ]);
  const attribute = bytes(5, concatBytes([string(1, 'value'), tensor, integer(20, tensorAttribute)]));
  return { name: output, op: 'Constant', inputs: [], outputs: [output], rest: [attribute] };
}

/** The int64 vector that a Constant node gives; undefined for any other. */
export function constantVector(node: GraphNode | undefined): bigint[] | undefined {
  if (node?.op !== 'Constant') return undefined;
  for (const encoded of node.rest) {
    const read: ReadAt = (offset, length) => encoded.subarray(offset, offset + length);
    for (const attribute of wireFields(read, 0, encoded.length)) {
      for (const field of wireFields(read, attribute.content, attribute.end)) {
        if (field.number === 5) return vectorOf(read, field.content, field.end);
      }
    }
  }
  return undefined;
}

function vectorOf(read: ReadAt, start: number, end: number): bigint[] | undefined {
  let type = 0;
  let raw: Uint8Array | undefined;
  for (const field of wireFields(read, start, end)) {
    if (field.number === 2) type = field.value;
    if (field.number === 9) raw = read(field.content, field.end - field.content);
  }
  if (type !== int64 || raw === undefined) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.length / 8 }, (_, i) => view.getBigInt64(8 * i, true));
}
