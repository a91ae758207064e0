/** Rounds of the power iteration: plenty for a picture. */
const rounds = 30;

/** Every column of [rows][width] with mean 0 and standard deviation 1; constant ones become 0. */
export function standardised(rows: readonly Float32Array[]): Float32Array[] {
  const width = rows[0]?.length ?? 0;
  const mean = new Float64Array(width);
  const square = new Float64Array(width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      mean[i]! += row[i]! / rows.length;
      square[i]! += row[i]! ** 2 / rows.length;
    }
  }
  const scale = square.map((value, i) => {
    const variance = value - mean[i]! ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return rows.map((row) => row.map((value, i) => (value - mean[i]!) * scale[i]!));
}

/** [rows][width] with mean 0 and standard deviation 1 over all values: for too few rows to know each column's own. */
export function standardisedTogether(rows: readonly Float32Array[]): Float32Array[] {
  const values = rows.flatMap((row) => [...row]);
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  const scale = variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  return rows.map((row) => row.map((value) => (value - mean) * scale));
}

/**
 * An order of the dimensions in which neighbours do alike: by their angle in the plane of the two strongest principal
 * components of [rows][width].
 */
export function likeBesideLike(rows: readonly Float32Array[]): number[] {
  const width = rows[0]?.length ?? 0;
  const first = component(rows, width, []);
  const second = component(rows, width, [first]);
  const angle = Array.from({ length: width }, (_, i) => Math.atan2(second[i]!, first[i]!));
  return angle.map((_, i) => i).sort((a, b) => angle[a]! - angle[b]!);
}

/** The strongest principal component that is orthogonal to others, by power iteration from a fixed start. */
function component(rows: readonly Float32Array[], width: number, others: readonly Float64Array[]) {
  let vector = Float64Array.from({ length: width }, (_, i) => 1 + Math.sin(i + others.length));
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(width);
    for (const row of rows) {
      let projection = 0;
      for (let i = 0; i < width; i++) projection += row[i]! * vector[i]!;
      for (let i = 0; i < width; i++) next[i]! += projection * row[i]!;
    }
    for (const other of others) {
      const along = next.reduce((sum, value, i) => sum + value * other[i]!, 0);
      for (let i = 0; i < width; i++) next[i]! -= along * other[i]!;
    }
    const length = Math.hypot(...next);
    if (length === 0) break;
    vector = next.map((value) => value / length);
  }
  return vector;
}

/**
 * A place for each code, 0 to 1, so that codes which stand where the features are alike lie near each other: by the
 * mean of the strongest component where the code stands, ranked.
 */
export function codePlaces(
  codes: readonly Float32Array[],
  rows: readonly Float32Array[],
): ReadonlyMap<number, number> {
  const width = rows[0]?.length ?? 0;
  const axis = component(rows, width, []);
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [column, row] of rows.entries()) {
    const value = row.reduce((sum, x, i) => sum + x * axis[i]!, 0);
    for (const code of codes[column]!) {
      const found = sums.get(code) ?? { sum: 0, count: 0 };
      sums.set(code, { sum: found.sum + value, count: found.count + 1 });
    }
  }
  const ranked = [...sums].sort(([, a], [, b]) => a.sum / a.count - b.sum / b.count);
  // The component has no sign of its own: what stands most often, mostly something quiet, lies low.
  const common = Math.max(0, ...[...sums.values()].map(({ count }) => count));
  if (ranked.findIndex(([, { count }]) => count === common) >= ranked.length / 2) ranked.reverse();
  return new Map(ranked.map(([code], rank) => [code, ranked.length > 1 ? rank / (ranked.length - 1) : 0.5]));
}
