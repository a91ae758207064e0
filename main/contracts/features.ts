import { z } from 'zod';

/** The token levels of SoniDo, coarse to fine. */
export const featureLevels = ['coarse', 'medium', 'fine'] as const;
export const featureLevel = z.enum(featureLevels);
export type FeatureLevel = z.infer<typeof featureLevel>;

/**
 * A tensor of a features file: rows over time, row i is about the samples [i * hop, (i + 1) * hop) at the model's
 * rate, with no delay.
 */
export const featureTensor = z.object({
  name: z.string(),
  dtype: z.enum(['F16', 'F32', 'I16']),
  shape: z.array(z.number().int().nonnegative()).min(1),
  /** `null` for the clip embeddings, which are the condition of all levels. */
  level: featureLevel.nullable(),
  /** Samples of a row, at the model's rate. */
  hop: z.number().int().positive(),
  /** Samples that a row is about, from its first on, where they are more than `hop`. */
  window: z.number().int().positive().optional(),
  /** Rows a second. */
  frameRate: z.number().positive(),
  /** Number of transformer layers before the state; `null` for tokens and clip embeddings. */
  layer: z.number().int().nonnegative().nullable(),
});
export type FeatureTensor = z.infer<typeof featureTensor>;
