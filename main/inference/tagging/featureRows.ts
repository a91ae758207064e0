import { SoniError } from '../../contracts/errors.ts';
import { featureLevels, type FeatureLevel } from '../../contracts/features.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import type { HeadLayout } from './headLayout.ts';

/** Features of the three levels beside each other at the rate of the coarse one. */
export class FeatureRows {
  private constructor(private readonly files: readonly { level: FeatureLevel; file: TensorFile }[]) {}

  /** @throws SoniError `corrupt` when they are not of the pack that the head knows */
  static async open(
    paths: Readonly<Record<FeatureLevel, string>>,
    { featuresPack, featuresVersion }: HeadLayout,
  ): Promise<FeatureRows> {
    const files: { level: FeatureLevel; file: TensorFile }[] = [];
    const rows = new FeatureRows(files);
    try {
      for (const level of featureLevels) {
        const file = await TensorFile.read(paths[level]);
        files.push({ level, file });
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

  /** Rows `start` to `start + count` of the coarse level, finer rows averaged: [count][width], zeros past the end. */
  async read(start: number, count: number, width: number): Promise<Float32Array> {
    const out = new Float32Array(count * width);
    const coarse = this.files[0]!.file.tensor('features.coarse').shape[0]!;
    let column = 0;
    for (const { level, file } of this.files) {
      const name = `features.${level}`;
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
