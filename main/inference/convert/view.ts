import type { GraphBuilder } from './graphBuilder.ts';

/** A size known when converting, or `null` for the batch. */
export type Size = number | null;

/**
 * An ONNX tensor as TensorFlow sees it: `axes[i]` is the place of the logical axis `i` in the stored
 * tensor, `null` for an axis of size 1 that is not stored. Stored axes that no logical axis names have
 * size 1. Transposing, squeezing and expanding only rewrite `axes`; data moves when an operation
 * really needs another order.
 */
export interface View {
  readonly kind: 'view';
  readonly name: string;
  readonly stored: readonly Size[];
  readonly axes: readonly (number | null)[];
}

export const plainView = (name: string, shape: readonly Size[]): View => ({
  kind: 'view',
  name,
  stored: shape,
  axes: shape.map((_, i) => i),
});

export const logicalShape = (view: View): Size[] =>
  view.axes.map((axis) => (axis === null ? 1 : view.stored[axis]!));

/** Which logical axis (or none) each stored axis holds. */
export function storedOrder(view: View): (number | null)[] {
  return view.stored.map((_, place) => {
    const logical = view.axes.indexOf(place);
    return logical === -1 ? null : logical;
  });
}

/** Whether `order` can be had without moving data. */
export function isFree(view: View, order: readonly (number | null)[]): boolean {
  const moving = (axes: readonly (number | null)[]) =>
    axes.filter((axis) => axis !== null && logicalShape(view)[axis] !== 1).join();
  return moving(order) === moving(storedOrder(view));
}

/**
 * The view stored as `order` says: a list of logical axes, each at most once, and `null` for extra axes of
 * size 1. Only axes of size 1 may be left out.
 * Costs nothing when it is so already, a reshape when only axes of size 1 differ, else a transpose.
 */
export function arrange(builder: GraphBuilder, view: View, order: readonly (number | null)[]): View {
  const shape = logicalShape(view);
  const stored = order.map((axis) => (axis === null ? 1 : shape[axis]!));
  const axes = view.axes.map((_, logical) => (order.includes(logical) ? order.indexOf(logical) : null));
  let name = view.name;
  let current = view.stored;
  if (!isFree(view, order)) {
    const permutation = transposition(view, order);
    name = builder.emit('Transpose', [name], { perm: permutation });
    current = permutation.map((place) => view.stored[place]!);
  }
  if (current.join() !== stored.join()) name = reshape(builder, name, stored);
  return { kind: 'view', name, stored, axes };
}

/** The stored axes in the wanted order, spare axes of size 1 filling the places that have none. */
function transposition(view: View, order: readonly (number | null)[]): number[] {
  const named = new Set(order.map((axis) => (axis === null ? null : view.axes[axis])));
  const spare = view.stored.map((_, place) => place).filter((place) => !named.has(place));
  const places = order.map((axis) => (axis === null ? null : view.axes[axis]!) ?? spare.shift());
  return [...places.filter((place) => place !== undefined), ...spare];
}

export function reshape(builder: GraphBuilder, name: string, stored: readonly Size[]): string {
  return builder.emit('Reshape', [name, builder.integers(stored.map((size) => size ?? -1))]);
}
