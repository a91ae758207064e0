import { featureLevels, type FeatureLevel } from '../../contracts/features.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';

/** Rows that are looked at for a column of the picture: enough for its mean, and a file of hours is soon read. */
const rowsPerColumn = 16;

const rowsAtOnce = 1 << 16;

/** One level of a features file in columns of equal time. */
export interface LevelImage {
  readonly level: FeatureLevel;
  readonly rateHz: number;
  /** Different codes in the whole piece. */
  readonly codesUsed: number;
  /** Codes of each column. */
  readonly codes: readonly Float32Array[];
  /** Mean feature of each column: [columns][width]. */
  readonly features: readonly Float32Array[];
}

/** Reads the levels that a file has, both codes and features. */
export async function levelImages(path: string, columns: number): Promise<LevelImage[]> {
  const file = await TensorFile.read(path);
  try {
    const images: LevelImage[] = [];
    for (const level of featureLevels) {
      const names = { tokens: `tokens.${level}`, features: `features.${level}` };
      const there = file.tensors.filter(({ name }) => name === names.tokens || name === names.features);
      if (there.length < 2) continue;
      const [rows, width] = file.tensor(names.features).shape;
      const codes: Float32Array[] = [];
      const features: Float32Array[] = [];
      for (let column = 0; column < columns; column++) {
        const start = Math.max(0, Math.min(rows! - 1, Math.floor((column * rows!) / columns)));
        const end = Math.max(start + 1, Math.floor(((column + 1) * rows!) / columns));
        const count = Math.min(end - start, rowsPerColumn);
        codes.push(await file.rows(names.tokens, start, count));
        features.push(meanRow(await file.rows(names.features, start, count), width!));
      }
      images.push({
        level,
        rateHz: Number(file.metadata[`${names.features}.rate_hz`]),
        codesUsed: await differentValues(file, names.tokens),
        codes,
        features,
      });
    }
    return images;
  } finally {
    await file.close();
  }
}

async function differentValues(file: TensorFile, name: string): Promise<number> {
  const [rows] = file.tensor(name).shape;
  const found = new Set<number>();
  for (let row = 0; row < rows!; row += rowsAtOnce) {
    for (const value of await file.rows(name, row, rowsAtOnce)) found.add(value);
  }
  return found.size;
}

function meanRow(rows: Float32Array, width: number): Float32Array {
  const mean = new Float32Array(width);
  const count = Math.max(1, rows.length / width);
  for (const [index, value] of rows.entries()) mean[index % width]! += value / count;
  return mean;
}
