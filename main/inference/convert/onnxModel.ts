import { bytes, concatBytes, float, integer, message, string, type Field } from './protobuf.ts';

/**
 * An ONNX model as plain data and its encoding as a `.onnx` file. Field numbers are those of
 * onnx.proto (https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto). Equal models give equal bytes.
 */
export interface OnnxModel {
  readonly producer: string;
  /** Version of the default operator set; 17 is read by every onnxruntime since 1.12. */
  readonly opset: number;
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  /** In topological order. */
  readonly nodes: readonly OnnxNode[];
}

/** A float32 input or output of the graph; a text in `shape` names a dynamic dimension. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A tensor stored in the file: float32, or int64 for shapes, pads and axes. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** `{ float: 1 }` marks a float; a bare number is an integer. */
export type OnnxAttribute = number | string | readonly number[] | { readonly float: number };

const elementFloat = 1;
const elementInt64 = 7;

const attributeType = { float: 1, integer: 2, string: 3, integers: 7 } as const;

function attributeFields(name: string, value: OnnxAttribute): Field[] {
  const named = string(1, name);
  if (typeof value === 'number') return [named, integer(3, value), integer(20, attributeType.integer)];
  if (typeof value === 'string') return [named, string(4, value), integer(20, attributeType.string)];
  if ('float' in value) return [named, float(2, value.float), integer(20, attributeType.float)];
  return [named, ...value.map((item) => integer(8, item)), integer(20, attributeType.integers)];
}

const nodeFields = (node: OnnxNode): Field[] => [
  ...node.inputs.map((name) => string(1, name)),
  ...node.outputs.map((name) => string(2, name)),
  string(4, node.op),
  ...Object.entries(node.attributes ?? {}).map(([name, value]) => message(5, attributeFields(name, value))),
];

/** ONNX raw data is little-endian on every machine. */
function rawData(data: Float32Array | BigInt64Array): Uint8Array {
  const raw = new Uint8Array(data.byteLength);
  const view = new DataView(raw.buffer);
  if (data instanceof Float32Array) data.forEach((value, i) => view.setFloat32(4 * i, value, true));
  else data.forEach((value, i) => view.setBigInt64(8 * i, value, true));
  return raw;
}

const constantFields = (constant: OnnxConstant): Field[] => [
  ...constant.shape.map((size) => integer(1, size)),
  integer(2, constant.data instanceof Float32Array ? elementFloat : elementInt64),
  string(8, constant.name),
  bytes(9, rawData(constant.data)),
];

function valueFields(value: OnnxValue): Field[] {
  const dimensions = value.shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : string(2, size)]),
  );
  const tensorType = message(1, [integer(1, elementFloat), message(2, dimensions)]);
  return [string(1, value.name), message(2, [tensorType])];
}

const graphFields = (graph: OnnxGraph): Field[] => [
  ...graph.nodes.map((node) => message(1, nodeFields(node))),
  string(2, graph.name),
  ...graph.constants.map((constant) => message(5, constantFields(constant))),
  ...graph.inputs.map((value) => message(11, valueFields(value))),
  ...graph.outputs.map((value) => message(12, valueFields(value))),
];

/** The bytes of a `.onnx` file. */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const irVersion = 8;
  return concatBytes([
    integer(1, irVersion),
    string(2, model.producer),
    message(7, graphFields(model.graph)),
    message(8, [string(1, ''), integer(2, model.opset)]),
  ]);
}
