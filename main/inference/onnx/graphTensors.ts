import type { InferenceSession } from 'onnxruntime-node';
import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';

type Declared = PackManifest['model']['inputs'];

/** What a graph says of one input or output; `null` marks a dynamic dimension. */
export interface GraphTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: (number | null)[];
}

/** The graph's inputs or outputs from a session's metadata. */
export const graphTensors = (metadata: readonly InferenceSession.ValueMetadata[]): GraphTensor[] =>
  metadata.map((value) => ({
    name: value.name,
    type: value.isTensor ? value.type : 'not a tensor',
    shape: value.isTensor ? value.shape.map((size) => (typeof size === 'number' ? size : null)) : [],
  }));

/** A dynamic dimension of the graph takes any size; one of the manifest asks for a dynamic one. */
const fits = (graph: readonly (number | null)[], declared: readonly (number | null)[]) =>
  graph.length === declared.length && graph.every((size, axis) => size === null || size === declared[axis]);

const shapeText = (shape: readonly (number | null)[]) => `[${shape.map((size) => size ?? '?').join(', ')}]`;

function checkOne(pack: string, role: 'input' | 'output', graph: readonly GraphTensor[], declared: Declared) {
  for (const { name, shape } of declared) {
    const found = graph.find((tensor) => tensor.name === name);
    const wanted = `The pack ${pack} does not fit its model: the manifest names the ${role} "${name}" float32 ${shapeText(shape)}`;
    if (found === undefined) {
      const has = graph.map((tensor) => `"${tensor.name}"`).join(', ');
      throw new SoniError('corrupt', `${wanted}, the graph has only ${has || 'none'}. Get a fitting pack.`);
    }
    if (found.type !== 'float32' || !fits(found.shape, shape)) {
      throw new SoniError(
        'corrupt',
        `${wanted}, the graph has ${found.type} ${shapeText(found.shape)}. Get a fitting pack.`,
      );
    }
  }
}

/**
 * Checks that a graph has the tensors that the manifest promises, and needs no input that it does not name.
 * @param promised what the manifest says of this graph; by default of the pack's model
 * @throws SoniError `corrupt`
 */
export function checkTensors(
  manifest: PackManifest,
  graph: { inputs: readonly GraphTensor[]; outputs: readonly GraphTensor[] },
  promised: { inputs: Declared; outputs: Declared } = manifest.model,
): void {
  checkOne(manifest.id, 'input', graph.inputs, promised.inputs);
  checkOne(manifest.id, 'output', graph.outputs, promised.outputs);
  const unnamed = graph.inputs.find(
    (tensor) => !promised.inputs.some((declared) => declared.name === tensor.name),
  );
  if (unnamed !== undefined) {
    throw new SoniError(
      'corrupt',
      `The pack ${manifest.id} does not fit its model: the graph also needs the input "${unnamed.name}", which the manifest does not name. Get a fitting pack.`,
    );
  }
}
