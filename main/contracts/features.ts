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
  level: featureLevel,
  /** Samples of a row, at the model's rate. */
  hop: z.number().int().positive(),
  /** Rows a second. */
  frameRate: z.number().positive(),
  /** Number of transformer layers before the state; `null` for tokens. */
  layer: z.number().int().nonnegative().nullable(),
});
export type FeatureTensor = z.infer<typeof featureTensor>;
