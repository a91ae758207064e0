import { SoniError } from '../../contracts/errors.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { binary, divideNoNan, reduction, square, unary } from './arithmeticOps.ts';
import { convolution } from './convolution.ts';
import { GraphBuilder } from './graphBuilder.ts';
import { encodeOnnxModel } from './onnxModel.ts';
import { stridedSlice } from './stridedSlice.ts';
import { concat, expandDims, pack, pad, reshapeTo, shapeOf, squeeze, transpose } from './structureOps.ts';
import { nodeName, readTfjsGraph, type TfjsGraph } from './tfjsGraph.ts';
import { unsupported, type Translation, type Value } from './value.ts';
import { arrange, logicalShape, plainView } from './view.ts';

/** TensorFlow operation -> its translation. */
const translations: Readonly<Record<string, (translation: Translation) => Value>> = {
  Identity: ({ inputs }) => inputs[0]!,
  Transpose: transpose,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  Shape: shapeOf,
  Reshape: reshapeTo,
  ConcatV2: concat,
  Pack: pack,
  Pad: pad,
  MirrorPad: pad,
  StridedSlice: stridedSlice,
  Conv2D: convolution,
  _FusedConv2D: convolution,
  Neg: unary('Neg'),
  Log: unary('Log'),
  Sqrt: unary('Sqrt'),
  Sigmoid: unary('Sigmoid'),
  Square: square,
  Add: binary('Add'),
  AddV2: binary('Add'),
  Sub: binary('Sub'),
  Mul: binary('Mul'),
  DivNoNan: divideNoNan,
  Sum: reduction('ReduceSum'),
  Min: reduction('ReduceMin'),
  Max: reduction('ReduceMax'),
};

/** Name of the dynamic first dimension in the converted model. */
const batchDimension = 'batch';

/**
 * Converts a TensorFlow.js graph model (`model.json` with its weight shards beside it) to ONNX, operator
 * set 17. The same input gives the same bytes. Inputs and outputs keep the names of their nodes; the
 * first dimension of each stays dynamic where it was. Only float32 tensors and the operations above are known.
 * @throws SoniError `unsupported` naming the operation | `corrupt` | `not-found`
 */
export async function convertTfjsGraph(modelJsonPath: string, outputPath: string): Promise<void> {
  await writeFileAtomic(outputPath, onnxFromTfjs(await readTfjsGraph(modelJsonPath)));
}

/** The bytes of the converted model. */
export function onnxFromTfjs(graph: TfjsGraph): Uint8Array {
  const builder = new GraphBuilder();
  const values = new Map<string, Value>();

  /** Translates a node after the ones that it needs. */
  const valueOf = (tensor: string): Value => {
    const name = nodeName(tensor);
    const known = values.get(name);
    if (known !== undefined) return known;
    const value = translate(name);
    values.set(name, value);
    return value;
  };

  const translate = (name: string): Value => {
    const weight = graph.weights.get(name);
    if (weight !== undefined) return { kind: 'constant', ...weight };
    const node = graph.nodes.get(name);
    if (node === undefined) throw new SoniError('corrupt', `The graph has no node named ${name}.`);
    if (node.op === 'Placeholder') {
      const shape = node.shape();
      const named = shape.map((size) => size ?? batchDimension);
      return plainView(builder.input(name, named), shape);
    }
    const translation = translations[node.op];
    if (translation === undefined) throw unsupported(node, 'it is not known to this converter');
    return translation({ node, builder, inputs: node.inputs.map(valueOf) });
  };

  const outputs = graph.outputs.map((name) => {
    const value = valueOf(name);
    if (value.kind !== 'view') throw new SoniError('unsupported', `The output ${name} is a constant.`);
    const shape = logicalShape(value);
    const plain = arrange(
      builder,
      value,
      shape.map((_, axis) => axis),
    );
    return { value: plain.name, as: { name, shape: shape.map((size) => size ?? batchDimension) } };
  });
  return encodeOnnxModel({ producer: 'sonidesk', opset: 17, graph: builder.finish('converted', outputs) });
}
