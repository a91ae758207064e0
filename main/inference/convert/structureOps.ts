import { arrange, logicalShape, plainView, reshape, storedOrder, type Size, type View } from './view.ts';
import {
  axisOf,
  integersInput,
  sizesInput,
  storedAxis,
  unsupported,
  viewInput,
  type Sizes,
  type Translation,
  type Value,
} from './value.ts';

/** Operations that move, cut and join data. */
export function transpose(translation: Translation): View {
  const view = viewInput(translation, 0);
  return { ...view, axes: integersInput(translation, 1).map((axis) => view.axes[axis]!) };
}

export function expandDims(translation: Translation): View {
  const view = viewInput(translation, 0);
  const at = axisOf(translation.node, integersInput(translation, 1)[0], view.axes.length + 1);
  return { ...view, axes: view.axes.toSpliced(at, 0, null) };
}

export function squeeze(translation: Translation): View {
  const view = viewInput(translation, 0);
  const shape = logicalShape(view);
  const listed = translation.node
    .integers('squeeze_dims')
    .map((axis) => axisOf(translation.node, axis, shape.length));
  const dropped = listed.length > 0 ? listed : shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  if (dropped.some((axis) => shape[axis] !== 1)) {
    throw unsupported(translation.node, 'it squeezes an axis that is not of size 1');
  }
  return { ...view, axes: view.axes.filter((_, axis) => !dropped.includes(axis)) };
}

export function shapeOf(translation: Translation): Sizes {
  return { kind: 'sizes', values: logicalShape(viewInput(translation, 0)), scalar: false };
}

/** Only axes of size 1 come and go in most reshapes: those are views. */
export function reshapeTo(translation: Translation): View {
  const view = viewInput(translation, 0);
  const shape = logicalShape(view);
  const target = inferSize(sizesInput(translation, 1), shape);
  const large = view.axes.filter((_, axis) => shape[axis] !== 1);
  const rest = [...large];
  if (shape.filter((size) => size !== 1).join() === target.filter((size) => size !== 1).join()) {
    return { ...view, axes: target.map((size) => (size === 1 ? null : rest.shift()!)) };
  }
  const plain = arrange(
    translation.builder,
    view,
    shape.map((_, axis) => axis),
  );
  return plainView(reshape(translation.builder, plain.name, target), target);
}

/** Replaces a -1 by what remains. */
function inferSize(target: readonly Size[], shape: readonly Size[]): Size[] {
  const product = (sizes: readonly Size[]) => sizes.reduce<number>((all, size) => all * (size ?? 1), 1);
  const batchUsed = target.includes(null) || !shape.includes(null);
  const remaining = product(shape) / -product(target);
  return target.map((size) => (size === -1 ? (batchUsed ? remaining : null) : size));
}

/** Joins along an existing axis. */
export function concat(translation: Translation): View {
  const { node } = translation;
  const count = node.integer('N');
  const views = Array.from({ length: count }, (_, i) => viewInput(translation, i));
  const axis = axisOf(node, integersInput(translation, count)[0], views[0]!.axes.length);
  return join(translation, views, axis);
}

/** Joins along a new axis; a list of sizes stays one. */
export function pack(translation: Translation): Value {
  const { node, inputs } = translation;
  if (inputs.every((input) => input.kind !== 'view')) {
    const values = inputs.map((_, i) => sizesInput(translation, i)[0]!);
    return { kind: 'sizes', values, scalar: false };
  }
  const views = inputs.map((_, i) => viewInput(translation, i));
  const axis = axisOf(node, node.integer('axis'), views[0]!.axes.length + 1);
  const expanded = views.map((view) => ({ ...view, axes: view.axes.toSpliced(axis, 0, null) }));
  return join(translation, expanded, axis);
}

function join({ node, builder }: Translation, views: readonly View[], axis: number): View {
  const { view: first, place } = storedAxis(builder, views[0]!, axis);
  const order = storedOrder(first);
  const arranged = views.map((view) => arrange(builder, view, order));
  const sizes = arranged.map((view) => view.stored[place]!);
  if (sizes.some((size) => size === null)) throw unsupported(node, 'it joins along the batch');
  const name = builder.emit(
    'Concat',
    arranged.map((view) => view.name),
    { axis: place },
  );
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  return { ...arranged[0]!, name, stored: first.stored.with(place, total) };
}

/** Zero or mirror padding. */
export function pad(translation: Translation): View {
  const { node, builder } = translation;
  const amounts = integersInput(translation, 1);
  const mode = node.op === 'Pad' ? 'constant' : node.text('mode').toLowerCase();
  if (mode !== 'constant' && mode !== 'reflect') throw unsupported(node, `padding mode ${mode}`);
  let view = viewInput(translation, 0);
  const padded = view.axes
    .map((_, axis) => ({ axis, before: amounts[2 * axis]!, after: amounts[2 * axis + 1]! }))
    .filter(({ before, after }) => before !== 0 || after !== 0);
  for (const { axis } of padded) view = storedAxis(builder, view, axis).view;
  const rank = view.stored.length;
  const pads = Array.from({ length: 2 * rank }, () => 0);
  const stored = [...view.stored];
  for (const { axis, before, after } of padded) {
    const place = view.axes[axis]!;
    const size = stored[place] ?? null;
    if (size === null) throw unsupported(node, 'it pads the batch');
    pads[place] = before;
    pads[rank + place] = after;
    stored[place] = size + before + after;
  }
  const name = builder.emit('Pad', [view.name, builder.integers(pads)], { mode });
  return { ...view, name, stored };
}
