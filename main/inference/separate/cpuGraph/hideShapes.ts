import { bytes, concatBytes, message } from '../../convert/protobuf.ts';
import { constantNode, constantVector } from './constantNode.ts';
import type { GraphNode, OnnxGraphFile } from './onnxGraph.ts';
import { wireFields, type ReadAt } from './wire.ts';

/**
 * Makes the shapes inside a graph unknown before it runs. onnxruntime plans which tensors share memory from the
 * shapes that it knows, and keeps every such buffer from its first use to its last: HTDemucs then holds the
 * 66 MB tensors of its encoder through the whole transformer until its decoder needs buffers of that
 * size, 2 GB in all. With unknown shapes each tensor is freed after its last use, and the peak is what is alive.
 * The sizes of inputs and outputs and one axis of every reshape become free; the numbers stay the same.
 */
export function hideShapes(graph: OnnxGraphFile): OnnxGraphFile {
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const freed = new Map<string, GraphNode>();
  const nodes = graph.nodes.map((node) => {
    if (node.op !== 'Reshape') return node;
    const shape = node.inputs[1]!;
    const sizes = constantVector(producer.get(shape));
    if (sizes === undefined || sizes.length === 0 || sizes.some((size) => size <= 0n)) return node;
    const name = `${shape}/free`;
    freed.set(name, constantNode(name, [-1n, ...sizes.slice(1)]));
    return { ...node, inputs: [node.inputs[0]!, name] };
  });
  return {
    ...graph,
    nodes: [...freed.values(), ...nodes],
    graphFields: graph.graphFields.flatMap((field) => {
      const number = field[0]! >> 3;
      if (number === 13) return []; // shapes of values inside the graph
      return [number === 11 || number === 12 ? withFreeAxes(field) : field];
    }),
  };
}

/** ValueInfoProto.type.tensor_type.shape: every Dimension emptied, their number kept. */
function withFreeAxes(encoded: Uint8Array): Uint8Array {
  const path = [2, 1, 2];
  const read: ReadAt = (offset, length) => encoded.subarray(offset, offset + length);
  const copy = (start: number, end: number, depth: number): Uint8Array =>
    concatBytes(
      [...wireFields(read, start, end)].map((field) => {
        if (depth === path.length) return message(field.number, []);
        if (field.number !== path[depth]) return read(field.start, field.end - field.start);
        return bytes(field.number, copy(field.content, field.end, depth + 1));
      }),
    );
  const [value] = [...wireFields(read, 0, encoded.length)];
  return bytes(value!.number, copy(value!.content, value!.end, 0));
}
