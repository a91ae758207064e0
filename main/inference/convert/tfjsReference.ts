/**
 * The TensorFlow operations that the converter knows, computed the slow and obvious way on row-major
 * tensors in TensorFlow's own layouts, as the measure for converted graphs. For tests.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const sizeOf = (shape: readonly number[]) => shape.reduce((all, size) => all * size, 1);

/** A tensor whose elements are computed from their coordinates. */
export function tensor(shape: readonly number[], value: (at: readonly number[]) => number): Tensor {
  const at = shape.map(() => 0);
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    const result = value(at);
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--) at[axis] = 0;
    return result;
  });
  return { shape, data };
}

export const element = ({ shape, data }: Tensor, at: readonly number[]): number =>
  data[shape.reduce((index, size, axis) => index * size + at[axis]!, 0)]!;

export const transpose = (x: Tensor, perm: readonly number[]): Tensor =>
  tensor(
    perm.map((axis) => x.shape[axis]!),
    (at) =>
      element(
        x,
        x.shape.map((_, axis) => at[perm.indexOf(axis)]!),
      ),
  );

export const reshape = (x: Tensor, shape: readonly number[]): Tensor => ({ shape, data: x.data });

export const slice = (x: Tensor, starts: readonly number[], ends: readonly number[]): Tensor =>
  tensor(
    starts.map((start, axis) => ends[axis]! - start),
    (at) =>
      element(
        x,
        at.map((place, axis) => place + starts[axis]!),
      ),
  );

/** @param pads [before, after] for each axis */
export const pad = (x: Tensor, pads: readonly (readonly [number, number])[], mirror: boolean): Tensor =>
  tensor(
    x.shape.map((size, axis) => size + pads[axis]![0] + pads[axis]![1]),
    (at) => {
      const from = at.map((place, axis) => place - pads[axis]![0]);
      const inside = from.every((place, axis) => place >= 0 && place < x.shape[axis]!);
      if (inside) return element(x, from);
      if (!mirror) return 0;
      return element(
        x,
        from.map((place, axis) => {
          const last = x.shape[axis]! - 1;
          return place < 0 ? -place : place > last ? 2 * last - place : place;
        }),
      );
    },
  );

export const concat = (parts: readonly Tensor[], axis: number): Tensor => {
  const size = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return tensor(parts[0]!.shape.with(axis, size), (at) => {
    let place = at[axis]!;
    for (const part of parts) {
      if (place < part.shape[axis]!) return element(part, at.with(axis, place));
      place -= part.shape[axis]!;
    }
    return NaN;
  });
};

export const unary = (x: Tensor, f: (value: number) => number): Tensor => ({
  shape: x.shape,
  data: x.data.map(f),
});

export const binary = (a: Tensor, b: Tensor, f: (a: number, b: number) => number): Tensor => {
  const rank = Math.max(a.shape.length, b.shape.length);
  const full = [a, b].map(({ shape, data }) => ({
    shape: [...Array.from({ length: rank - shape.length }, () => 1), ...shape],
    data,
  }));
  const shape = full[0]!.shape.map((size, axis) => Math.max(size, full[1]!.shape[axis]!));
  return tensor(shape, (at) => {
    const [left, right] = full.map((one) =>
      element(
        one,
        at.map((place, axis) => (one.shape[axis] === 1 ? 0 : place)),
      ),
    );
    return f(left!, right!);
  });
};

export const reduce = (
  x: Tensor,
  axes: readonly number[],
  keep: boolean,
  f: (a: number, b: number) => number,
): Tensor => {
  const kept = tensor(
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    (at) => {
      const part = slice(
        x,
        at.map((place, axis) => (axes.includes(axis) ? 0 : place)),
        at.map((place, axis) => (axes.includes(axis) ? x.shape[axis]! : place + 1)),
      );
      return part.data.reduce(f);
    },
  );
  return keep
    ? kept
    : reshape(
        kept,
        kept.shape.filter((_, axis) => !axes.includes(axis)),
      );
};

/** NHWC by [height, width, in, out]; SAME padding puts the odd row or column behind. */
export const conv2d = (
  x: Tensor,
  kernel: Tensor,
  strides: readonly [number, number],
  padding: 'SAME' | 'VALID',
): Tensor => {
  const [batch, height, width, inputs] = x.shape as [number, number, number, number];
  const [rows, columns, , filters] = kernel.shape as [number, number, number, number];
  const axis = (size: number, reach: number, stride: number) => {
    const output = padding === 'SAME' ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
    return { output, before: Math.floor(Math.max(0, (output - 1) * stride + reach - size) / 2) };
  };
  const down = axis(height, rows, strides[0]);
  const across = axis(width, columns, strides[1]);
  return tensor([batch, down.output, across.output, filters], ([b, y, z, filter]) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const from = [y! * strides[0] + row - down.before, z! * strides[1] + column - across.before] as const;
        if (from[0] < 0 || from[0] >= height || from[1] < 0 || from[1] >= width) continue;
        for (let input = 0; input < inputs; input++) {
          sum += element(x, [b!, ...from, input]) * element(kernel, [row, column, input, filter!]);
        }
      }
    }
    return sum;
  });
};
