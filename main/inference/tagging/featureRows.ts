import { SoniError } from '../../contracts/errors.ts';
import { featureLevels, type FeatureLevel } from '../../contracts/features.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { clipOf } from '../features/clipLayout.ts';
import type { HeadLayout } from './headLayout.ts';

type Paths = Readonly<Record<FeatureLevel | 'clips', string>>;

/** Features of the three levels and the clip embedding beside each other at the rate of the coarse level. */
export class FeatureRows {
  private constructor(private readonly files: readonly { part: keyof Paths; file: TensorFile }[]) {}

  /** @throws SoniError `corrupt` when they are not of the pack that the head knows */
  static async open(paths: Paths, { featuresPack, featuresVersion }: HeadLayout): Promise<FeatureRows> {
    const files: { part: keyof Paths; file: TensorFile }[] = [];
    const rows = new FeatureRows(files);
    try {
      for (const part of [...featureLevels, 'clips'] as const) {
        const file = await TensorFile.read(paths[part]);
        files.push({ part, file });
        const { pack, pack_version: version } = file.metadata;
        if (pack !== featuresPack || version !== featuresVersion) {
          throw new SoniError(
            'corrupt',
            `${file.path} holds features of ${pack} ${version}; those of ${featuresPack} ${featuresVersion} are needed.`,
          );
        }
      }
      return rows;
    } catch (thrown) {
      await rows.close();
      throw thrown;
    }
  }

  /**
   * Rows `start` to `start + count` of the coarse level, finer rows averaged, each with the nearest clip embedding:
   * [count][width], zeros past the end.
   */
  async read(start: number, count: number, width: number): Promise<Float32Array> {
    const out = new Float32Array(count * width);
    const coarse = this.files[0]!.file.tensor('features.coarse').shape[0]!;
    const coarseHop = Number(this.files[0]!.file.metadata['features.coarse.hop']);
    let column = 0;
    for (const { part, file } of this.files) {
      if (part === 'clips') {
        const end = Math.min(start + count, coarse);
        column += await addClips(file, { out, width, column, start, end, coarseHop });
        continue;
      }
      const name = `features.${part}`;
      const [rows = 0, own = 0] = file.tensor(name).shape;
      const per = coarse === 0 ? 1 : rows / coarse;
      const values = await file.rows(name, start * per, count * per);
      for (let n = 0; n < values.length; n++) {
        const row = Math.floor(n / own / per);
        const at = row * width + column + (n % own);
        out[at] = out[at]! + values[n]! / per;
      }
      column += own;
    }
    if (column !== width) {
      throw new SoniError('corrupt', `The features are ${column} wide, the head expects ${width}.`);
    }
    return out;
  }

  async close(): Promise<void> {
    for (const { file } of this.files) await file.close();
  }
}

interface Place {
  readonly out: Float32Array;
  readonly width: number;
  /** First column of the clip embedding. */
  readonly column: number;
  /** First coarse row, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Samples of a coarse row. */
  readonly coarseHop: number;
}

/** Puts the embedding whose clip has its centre nearest to the row into each; gives their dimension. */
async function addClips(
  file: TensorFile,
  { out, width, column, start, end, coarseHop }: Place,
): Promise<number> {
  const [count = 0, dimension = 0] = file.tensor('clip').shape;
  const [window, hop] = ['clip.window', 'clip.hop'].map((key) => Number(file.metadata[key]) / coarseHop);
  const nearest = (row: number) =>
    clipOf({ window: window!, hop: hop! }, { context: 0, perCoarse: 1 }, row, count);
  const first = nearest(start);
  const values = await file.rows('clip', first, Math.max(0, nearest(end - 1) - first + 1));
  for (let row = start; row < end; row++) {
    const at = (nearest(row) - first) * dimension;
    out.set(values.subarray(at, at + dimension), (row - start) * width + column);
  }
  return dimension;
}
