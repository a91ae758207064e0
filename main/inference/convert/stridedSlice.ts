import { storedAxis, integersInput, sizesInput, unsupported, viewInput } from './value.ts';
import type { Translation, Value } from './value.ts';
import { logicalShape, type Size, type View } from './view.ts';

/** The cut of one axis: `null` leaves it whole. */
interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * tf.strided_slice with step 1: `begin_mask` and `end_mask` mark open ends, `new_axis_mask` inserts an
 * axis of size 1, `shrink_axis_mask` takes one element and drops the axis; bit i belongs to entry i.
 */
export function stridedSlice(translation: Translation): Value {
  const { node, inputs } = translation;
  const begin = integersInput(translation, 1);
  const end = integersInput(translation, 2);
  const step = integersInput(translation, 3);
  if (node.integer('ellipsis_mask') !== 0) throw unsupported(node, 'an ellipsis');
  if (step.some((size) => size !== 1)) throw unsupported(node, 'a step other than 1');
  const has = (mask: string, entry: number) => ((node.integer(mask) >> entry) & 1) === 1;

  const cutOf = (entry: number, size: Size): Cut | null => {
    const openStart = has('begin_mask', entry);
    const openEnd = has('end_mask', entry);
    if (openStart && openEnd) return null;
    if (size === null) throw unsupported(node, 'it cuts the batch');
    const from = (limit: number) => Math.min(size, limit < 0 ? Math.max(0, limit + size) : limit);
    const start = openStart ? 0 : from(begin[entry]!);
    if (has('shrink_axis_mask', entry)) return { start, end: start + 1 };
    return { start, end: Math.max(start, openEnd ? size : from(end[entry]!)) };
  };

  if (inputs[0]?.kind !== 'view') return sliceSizes(translation, cutOf, has('shrink_axis_mask', 0));
  return sliceView(translation, begin.length, has, cutOf);
}

function sliceSizes(
  translation: Translation,
  cutOf: (entry: number, size: Size) => Cut | null,
  scalar: boolean,
): Value {
  const values = sizesInput(translation, 0);
  const { start, end } = cutOf(0, values.length) ?? { start: 0, end: values.length };
  return { kind: 'sizes', values: values.slice(start, end), scalar };
}

function sliceView(
  translation: Translation,
  entries: number,
  has: (mask: string, entry: number) => boolean,
  cutOf: (entry: number, size: Size) => Cut | null,
): View {
  const { builder } = translation;
  let view = viewInput(translation, 0);
  const cuts: { place: number; cut: Cut }[] = [];
  const kept: (number | 'new')[] = [];
  let axis = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (has('new_axis_mask', entry)) {
      kept.push('new');
      continue;
    }
    const size = logicalShape(view)[axis]!;
    const cut = cutOf(entry, size);
    if (cut !== null && (cut.start > 0 || cut.end !== size)) {
      const stored = storedAxis(builder, view, axis);
      view = stored.view;
      cuts.push({ place: stored.place, cut });
    }
    if (!has('shrink_axis_mask', entry)) kept.push(axis);
    axis++;
  }
  for (; axis < view.axes.length; axis++) kept.push(axis);
  const axes = kept.map((from) => (from === 'new' ? null : view.axes[from]!));
  if (cuts.length === 0) return { ...view, axes };
  const name = builder.emit('Slice', [
    view.name,
    builder.integers(cuts.map(({ cut }) => cut.start)),
    builder.integers(cuts.map(({ cut }) => cut.end)),
    builder.integers(cuts.map(({ place }) => place)),
  ]);
  const stored = view.stored.map((size, place) => {
    const cut = cuts.find((one) => one.place === place)?.cut;
    return cut === undefined ? size : cut.end - cut.start;
  });
  return { ...view, name, stored, axes };
}
