import { TensorFile } from '../../platform/safetensors/tensorFile.ts';

/** The condition of the features in columns of equal time: the embedding of the clip whose centre is nearest. */
export interface ClipImage {
  readonly windowSeconds: number;
  /** Embeddings of the piece. */
  readonly count: number;
  /** [columns][dimension] */
  readonly columns: readonly Float32Array[];
}

/** The clip embeddings of a features file. */
export async function clipImage(path: string, columns: number): Promise<ClipImage> {
  const file = await TensorFile.read(path);
  try {
    const [count, dimension] = file.tensor('clip').shape;
    const values = await file.rows('clip', 0, Infinity);
    const [samples, hop, window] = ['samples', 'clip.hop', 'clip.window'].map((key) =>
      Number(file.metadata[key]),
    );
    return {
      windowSeconds: window! / Number(file.metadata['sample_rate']),
      count: count!,
      columns: Array.from({ length: columns }, (_, column) => {
        const centre = ((column + 0.5) / columns) * samples!;
        const nearest = Math.floor((centre - window! / 2) / hop! + 0.5);
        const clip = Math.min(count! - 1, Math.max(0, nearest));
        return values.subarray(clip * dimension!, (clip + 1) * dimension!);
      }),
    };
  } finally {
    await file.close();
  }
}
