import type { GraphBuilder } from './graphBuilder.ts';
import { axisOf, integersInput, storedAxis, viewInput, type Translation } from './value.ts';
import { arrange, logicalShape, storedOrder, type View } from './view.ts';

/** Operations on each element and sums over axes. They take the data in whatever order it is stored. */
export const unary =
  (op: string) =>
  (translation: Translation): View => {
    const view = viewInput(translation, 0);
    return { ...view, name: translation.builder.emit(op, [view.name]) };
  };

export function square(translation: Translation): View {
  const view = viewInput(translation, 0);
  return { ...view, name: translation.builder.emit('Mul', [view.name, view.name]) };
}

export const binary =
  (op: string) =>
  (translation: Translation): View => {
    const { builder } = translation;
    const [left, right] = aligned(builder, viewInput(translation, 0), viewInput(translation, 1));
    return { ...broadcast(left, right), name: builder.emit(op, [left.name, right.name]) };
  };

/** x / y, and 0 where y is 0. */
export function divideNoNan(translation: Translation): View {
  const { builder } = translation;
  const [left, right] = aligned(builder, viewInput(translation, 0), viewInput(translation, 1));
  const zero = builder.floats([1], Float32Array.of(0));
  const isZero = builder.emit('Equal', [right.name, zero]);
  const quotient = builder.emit('Div', [left.name, right.name]);
  return { ...broadcast(left, right), name: builder.emit('Where', [isZero, zero, quotient]) };
}

/** Both with the same axes, stored in the order of the one with more large axes. */
function aligned(builder: GraphBuilder, first: View, second: View): [View, View] {
  const rank = Math.max(first.axes.length, second.axes.length);
  const ranked = (view: View): View => ({
    ...view,
    axes: [...Array.from({ length: rank - view.axes.length }, () => null), ...view.axes],
  });
  const full = [ranked(first), ranked(second)] as const;
  const large = (view: View) => logicalShape(view).filter((size) => size !== 1).length;
  const [lead, other] = large(full[1]) > large(full[0]) ? [full[1], full[0]] : full;
  let target = lead;
  for (let axis = 0; axis < rank; axis++) {
    if (logicalShape(other)[axis] !== 1) target = storedAxis(builder, target, axis).view;
  }
  const places = storedOrder(target);
  const missing = target.axes.map((_, axis) => axis).filter((axis) => target.axes[axis] === null);
  // Spare places take the axes that are stored nowhere, the rest go in front, where broadcasting adds them.
  const order = places.map((axis) => axis ?? missing.shift() ?? null);
  const complete = [...missing, ...order];
  return [arrange(builder, full[0], complete), arrange(builder, full[1], complete)];
}

const broadcast = (left: View, right: View): View => ({
  ...left,
  stored: left.stored.map((size, place) => (size === 1 ? right.stored[place]! : size)),
});

export const reduction =
  (op: 'ReduceSum' | 'ReduceMin' | 'ReduceMax') =>
  (translation: Translation): View => {
    const { node, builder } = translation;
    const view = viewInput(translation, 0);
    const reduced = integersInput(translation, 1).map((axis) => axisOf(node, axis, view.axes.length));
    const places = reduced.flatMap((axis) => view.axes[axis] ?? []).sort((a, b) => a - b);
    const name = places.length === 0 ? view.name : emitReduction(builder, op, view.name, places);
    const stored = view.stored.map((size, place) => (places.includes(place) ? 1 : size));
    const keep = node.flag('keep_dims');
    const axes = view.axes.flatMap((place, axis) => (!reduced.includes(axis) ? [place] : keep ? [null] : []));
    return { ...view, name, stored, axes };
  };

/** Keeps the reduced axes with size 1. From operator set 13 on only ReduceSum takes its axes as an input; the others follow with 18. */
const emitReduction = (builder: GraphBuilder, op: string, name: string, places: number[]): string =>
  op === 'ReduceSum'
    ? builder.emit(op, [name, builder.integers(places)], { keepdims: 1 })
    : builder.emit(op, [name], { axes: places, keepdims: 1 });
