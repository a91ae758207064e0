import { closeSync, openSync, readSync, fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { bytes, concatBytes, integer, message, string } from '../../convert/protobuf.ts';
import { wireFields, type ReadAt } from './wire.ts';

/**
 * An ONNX file as far as rewriting its graph needs it: nodes are taken apart, all else is kept as bytes, and
 * weights stay in the file. Field numbers: onnx.proto
 * (https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto).
 */
export interface OnnxGraphFile {
  readonly nodes: readonly GraphNode[];
  readonly outputs: ReadonlySet<string>;
  /** Encoded fields of the model and of the graph that are passed on. */
  readonly modelFields: readonly Uint8Array[];
  readonly graphFields: readonly Uint8Array[];
}

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Encoded attribute and domain fields. */
  readonly rest: readonly Uint8Array[];
}

/** Weights above this size are referred to in the original file. */
const inlineBytes = 1024;

const text = new TextDecoder();

/** @throws SoniError `corrupt` */
export function readOnnxGraph(file: string): OnnxGraphFile {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    return parseModel(windowed(descriptor), size, basename(file));
  } finally {
    closeSync(descriptor);
  }
}

/** Reads through a window of 64 KiB, as fields mostly follow each other. */
function windowed(descriptor: number): ReadAt {
  const window = new Uint8Array(1 << 16);
  let start = 0;
  let filled = 0;
  return (offset, length) => {
    if (length > window.length) {
      const own = new Uint8Array(length);
      return own.subarray(0, readSync(descriptor, own, 0, length, offset));
    }
    if (offset < start || offset + length > start + filled) {
      start = offset;
      filled = readSync(descriptor, window, 0, window.length, offset);
    }
    return window.slice(offset - start, Math.min(filled, offset - start + length));
  };
}

function parseModel(read: ReadAt, size: number, location: string): OnnxGraphFile {
  const nodes: GraphNode[] = [];
  const outputs = new Set<string>();
  const modelFields: Uint8Array[] = [];
  const graphFields: Uint8Array[] = [];
  const raw = (field: { start: number; end: number }) => read(field.start, field.end - field.start);
  for (const field of wireFields(read, 0, size)) {
    if (field.number !== 7) {
      modelFields.push(raw(field));
      continue;
    }
    for (const part of wireFields(read, field.content, field.end)) {
      if (part.number === 1) nodes.push(parseNode(read, part.content, part.end));
      else if (part.number === 5) graphFields.push(bytes(5, withoutWeights(read, part, location)));
      else graphFields.push(raw(part));
      if (part.number === 12) outputs.add(valueName(read, part.content, part.end));
    }
  }
  return { nodes, outputs, modelFields, graphFields };
}

function parseNode(read: ReadAt, start: number, end: number): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const rest: Uint8Array[] = [];
  let name = '';
  let op = '';
  for (const field of wireFields(read, start, end)) {
    const content = () => text.decode(read(field.content, field.end - field.content));
    if (field.number === 1) inputs.push(content());
    else if (field.number === 2) outputs.push(content());
    else if (field.number === 3) name = content();
    else if (field.number === 4) op = content();
    else rest.push(read(field.start, field.end - field.start));
  }
  return { name, op, inputs, outputs, rest };
}

function valueName(read: ReadAt, start: number, end: number): string {
  for (const field of wireFields(read, start, end)) {
    if (field.number === 1) return text.decode(read(field.content, field.end - field.content));
  }
  return '';
}

/** A tensor whose raw data, if large, is replaced by its place in the file. */
function withoutWeights(
  read: ReadAt,
  tensor: { content: number; end: number },
  location: string,
): Uint8Array {
  const fields: Uint8Array[] = [];
  for (const field of wireFields(read, tensor.content, tensor.end)) {
    const length = field.end - field.content;
    if (field.number !== 9 || length <= inlineBytes) {
      fields.push(read(field.start, field.end - field.start));
      continue;
    }
    const entry = (key: string, value: string) => message(13, [string(1, key), string(2, value)]);
    fields.push(
      entry('location', location),
      entry('offset', `${field.content}`),
      entry('length', `${length}`),
    );
    fields.push(integer(14, 1));
  }
  return concatBytes(fields);
}

/** The bytes of an ONNX model whose weights lie in the original file, to be loaded with that file's folder. */
export function encodeOnnxGraph(graph: OnnxGraphFile): Uint8Array {
  const nodes = graph.nodes.map((node) =>
    message(1, [
      ...node.inputs.map((name) => string(1, name)),
      ...node.outputs.map((name) => string(2, name)),
      string(3, node.name),
      string(4, node.op),
      ...node.rest,
    ]),
  );
  return concatBytes([...graph.modelFields, message(7, [...nodes, ...graph.graphFields])]);
}
