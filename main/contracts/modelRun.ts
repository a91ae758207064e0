import { z } from 'zod';

/** How a model was run, for the user and for the ETA of the next run. */
export const modelRun = z.object({
  pack: z.string(),
  packVersion: z.string(),
  provider: z.string(),
  /** Wall time of the model work in seconds, model loading excluded; of the first run when the result came from the cache. */
  seconds: z.number().nonnegative(),
  /** Seconds of audio per second of wall time. */
  realtimeFactor: z.number().nonnegative(),
});

/** A model's part in what the user asked for. */
export const modelResult = modelRun.extend({
  /** It was in the cache: the speed is that of the run that made it. */
  stored: z.boolean().default(false),
});
export type ModelResult = z.infer<typeof modelResult>;
