import { SoniError } from '../../contracts/errors.ts';
import type { GraphBuilder } from './graphBuilder.ts';
import type { TfjsNode, Weight } from './tfjsGraph.ts';
import { arrange, plainView, type Size, type View } from './view.ts';

/** A stored tensor, known when converting. */
export interface Constant extends Weight {
  readonly kind: 'constant';
}

/** Whole numbers computed from shapes: known but for the batch. */
export interface Sizes {
  readonly kind: 'sizes';
  readonly values: readonly Size[];
  readonly scalar: boolean;
}

export type Value = View | Constant | Sizes;

/** What an operation's translation gets. */
export interface Translation {
  readonly node: TfjsNode;
  readonly builder: GraphBuilder;
  readonly inputs: readonly Value[];
}

export const unsupported = (node: TfjsNode, what: string): SoniError =>
  new SoniError('unsupported', `Cannot convert the operation ${node.op} (${node.name}): ${what}.`);

/** Input `index` as a tensor computed at run time. */
export function viewInput({ node, inputs, builder }: Translation, index: number): View {
  const value = inputs[index];
  if (value?.kind === 'view') return value;
  if (value?.kind === 'constant' && value.data instanceof Float32Array) {
    return plainView(builder.floats(value.shape, value.data), value.shape);
  }
  throw unsupported(node, `its input ${index} is not a tensor of real numbers`);
}

/** Input `index` as whole numbers that may hold the batch size. */
export function sizesInput({ node, inputs }: Translation, index: number): readonly Size[] {
  const value = inputs[index];
  if (value?.kind === 'sizes') return value.values;
  if (value?.kind === 'constant' && value.data instanceof Int32Array) return [...value.data];
  throw unsupported(node, `its input ${index} is not a list of whole numbers known in advance`);
}

/** Input `index` as whole numbers. */
export function integersInput(translation: Translation, index: number): number[] {
  return sizesInput(translation, index).map((size) => {
    if (size === null) throw unsupported(translation.node, `its input ${index} depends on the batch size`);
    return size;
  });
}

/** Input `index` as stored real numbers. */
export function weightInput({ node, inputs }: Translation, index: number): Weight & { data: Float32Array } {
  const value = inputs[index];
  if (value?.kind === 'constant' && value.data instanceof Float32Array) {
    return { shape: value.shape, data: value.data };
  }
  throw unsupported(node, `its input ${index} is not a stored tensor of real numbers`);
}

/** An axis given from the front or, negative, from the back. */
export function axisOf(node: TfjsNode, axis: number | undefined, rank: number): number {
  const place = axis !== undefined && axis < 0 ? axis + rank : axis;
  if (place === undefined || place < 0 || place >= rank) {
    throw unsupported(node, `axis ${axis} of a tensor with ${rank} axes`);
  }
  return place;
}

/** `axis` of `view` as a stored axis, storing it first where it is not. New axes go behind the batch, where blocks are largest. */
export function storedAxis(builder: GraphBuilder, view: View, axis: number): { view: View; place: number } {
  const place = view.axes[axis];
  if (place !== null && place !== undefined) return { view, place };
  const order = view.stored.flatMap((_, at): (number | null)[] => {
    const logical = view.axes.indexOf(at);
    return logical === -1 ? [] : [logical];
  });
  order.splice(Math.min(1, order.length), 0, axis);
  return storedAxis(builder, arrange(builder, view, order), axis);
}
