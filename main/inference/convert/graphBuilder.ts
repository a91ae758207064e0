import { createHash } from 'node:crypto';
import type { OnnxAttribute, OnnxConstant, OnnxGraph, OnnxNode, OnnxValue } from './onnxModel.ts';

/**
 * Collects nodes and constants under generated names. Asking twice for the same thing gives the first
 * one again, so parts that a graph computes twice are computed once. Names depend on order only.
 */
export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly constants: OnnxConstant[] = [];
  private readonly inputs: OnnxValue[] = [];
  private readonly known = new Map<string, string>();

  input(name: string, shape: readonly (number | string)[]): string {
    this.inputs.push({ name, shape });
    return name;
  }

  /** Name of the one result of the operation. */
  emit(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    const key = JSON.stringify([op, inputs, attributes]);
    return this.once(key, () => {
      const output = `${op.toLowerCase()}_${this.nodes.length}`;
      this.nodes.push({ op, inputs, outputs: [output], attributes });
      return output;
    });
  }

  floats(shape: readonly number[], data: Float32Array): string {
    return this.constant(shape, data);
  }

  /** A vector of int64: shapes, axes, pads, slice limits. */
  integers(values: readonly number[]): string {
    return this.constant([values.length], BigInt64Array.from(values.map(BigInt)));
  }

  private constant(shape: readonly number[], data: Float32Array | BigInt64Array): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const kind = data instanceof Float32Array ? 'float' : 'int';
    const key = `${kind}[${shape.join()}]${createHash('sha256').update(bytes).digest('hex')}`;
    return this.once(key, () => {
      const name = `constant_${this.constants.length}`;
      this.constants.push({ name, shape, data });
      return name;
    });
  }

  private once(key: string, make: () => string): string {
    const name = this.known.get(key) ?? make();
    this.known.set(key, name);
    return name;
  }

  /** The graph with `outputs` (the wanted name and the value that it shows) in that order. */
  finish(name: string, outputs: readonly { value: string; as: OnnxValue }[]): OnnxGraph {
    const inputs = new Set(this.inputs.map((input) => input.name));
    const renamed = new Map<string, string>();
    const copies: OnnxNode[] = [];
    for (const { value, as } of outputs) {
      // A value that is an input, or is shown twice, keeps its name and is copied.
      if (inputs.has(value) || renamed.has(value)) {
        copies.push({ op: 'Identity', inputs: [renamed.get(value) ?? value], outputs: [as.name] });
      } else renamed.set(value, as.name);
    }
    const rename = (value: string) => renamed.get(value) ?? value;
    const nodes = this.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    return {
      name,
      inputs: this.inputs,
      outputs: outputs.map(({ as }) => as),
      constants: this.constants,
      nodes: [...nodes, ...copies],
    };
  }
}
