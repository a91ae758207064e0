import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';

/**
 * Reading a TensorFlow.js graph model: `model.json` (a TensorFlow GraphDef as JSON, 64-bit numbers as
 * texts, byte strings in base64) and its binary weight shards beside it.
 */
const attribute = z.object({
  i: z.string().optional(),
  b: z.boolean().optional(),
  s: z.string().optional(),
  shape: z.object({ dim: z.array(z.object({ size: z.string() })).optional() }).optional(),
  list: z.object({ i: z.array(z.string()).optional(), s: z.array(z.string()).optional() }).optional(),
});
type Attribute = z.infer<typeof attribute>;

const modelJson = z.object({
  format: z.literal('graph-model'),
  signature: z.object({ outputs: z.record(z.string(), z.object({ name: z.string() })) }),
  modelTopology: z.object({
    node: z.array(
      z.object({
        name: z.string(),
        op: z.string(),
        input: z.array(z.string()).default([]),
        attr: z.record(z.string(), attribute).default({}),
      }),
    ),
  }),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number().int().nonnegative()),
          dtype: z.string(),
          quantization: z.unknown().optional(),
        }),
      ),
    }),
  ),
});

/** A stored tensor, row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** One operation with its attributes under their TensorFlow names. */
export class TfjsNode {
  constructor(
    readonly name: string,
    readonly op: string,
    readonly inputs: readonly string[],
    private readonly attributes: Readonly<Record<string, Attribute>>,
  ) {}

  integer(name: string): number {
    return Number(this.attributes[name]?.i ?? 0);
  }

  flag(name: string): boolean {
    return this.attributes[name]?.b ?? false;
  }

  text(name: string): string {
    return decodeText(this.attributes[name]?.s ?? '');
  }

  integers(name: string): number[] {
    return (this.attributes[name]?.list?.i ?? []).map(Number);
  }

  texts(name: string): string[] {
    return (this.attributes[name]?.list?.s ?? []).map(decodeText);
  }

  /** A placeholder's shape; `null` for an unknown size. */
  shape(): (number | null)[] {
    const dimensions = this.attributes['shape']?.shape?.dim ?? [];
    return dimensions.map(({ size }) => (size === '-1' ? null : Number(size)));
  }
}

export interface TfjsGraph {
  readonly nodes: ReadonlyMap<string, TfjsNode>;
  readonly weights: ReadonlyMap<string, Weight>;
  /** Names of the output nodes, in the signature's order. */
  readonly outputs: readonly string[];
}

const decodeText = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');

/** `name:0` and `name` are the same tensor of a node with one output. */
export const nodeName = (tensor: string): string => tensor.replace(/:0$/, '');

/** @throws SoniError `not-found` | `corrupt` | `unsupported` (quantised or oddly typed weights) */
export async function readTfjsGraph(modelJsonPath: string): Promise<TfjsGraph> {
  const parsed = modelJson.safeParse(await readJson(modelJsonPath));
  if (!parsed.success) {
    throw new SoniError(
      'corrupt',
      `${basename(modelJsonPath)} is no TensorFlow.js graph model: ${z.prettifyError(parsed.error)}`,
    );
  }
  const model = parsed.data;
  const weights = new Map<string, Weight>();
  for (const group of model.weightsManifest) {
    const shards = await Promise.all(group.paths.map((path) => readShard(dirname(modelJsonPath), path)));
    readWeights(Buffer.concat(shards), group.weights, weights);
  }
  const nodes = model.modelTopology.node.map(
    (node) => new TfjsNode(node.name, node.op, node.input, node.attr),
  );
  return {
    nodes: new Map(nodes.map((node) => [node.name, node])),
    weights,
    outputs: Object.values(model.signature.outputs).map((output) => nodeName(output.name)),
  };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw fileError(thrown, `read ${path}`);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SoniError('corrupt', `${basename(path)} is not JSON.`, undefined, { cause });
  }
}

async function readShard(folder: string, name: string): Promise<Buffer> {
  if (basename(name) !== name) {
    throw new SoniError('corrupt', `The weight file ${name} does not lie beside model.json.`);
  }
  return readFile(join(folder, name)).catch((thrown: unknown) => {
    throw fileError(thrown, `read the weights in ${name}`);
  });
}

type WeightEntry = z.infer<typeof modelJson>['weightsManifest'][number]['weights'][number];

/** Weights follow each other without gaps, four little-endian bytes an element. */
function readWeights(raw: Buffer, entries: readonly WeightEntry[], into: Map<string, Weight>): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  let offset = 0;
  for (const { name, shape, dtype, quantization } of entries) {
    if (quantization !== undefined || (dtype !== 'float32' && dtype !== 'int32')) {
      const found = quantization === undefined ? dtype : 'quantised';
      throw new SoniError('unsupported', `The weight ${name} is ${found}; only float32 and int32 are read.`);
    }
    const start = offset;
    const length = shape.reduce((product, size) => product * size, 1);
    offset += 4 * length;
    if (offset > raw.length) {
      throw new SoniError('corrupt', `The weights end at byte ${raw.length}, inside ${name}.`);
    }
    const data =
      dtype === 'float32'
        ? Float32Array.from({ length }, (_, i) => view.getFloat32(start + 4 * i, true))
        : Int32Array.from({ length }, (_, i) => view.getInt32(start + 4 * i, true));
    into.set(name, { shape, data });
  }
}
