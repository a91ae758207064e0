import { z } from 'zod';

export const tonics = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'] as const;

/** What is known of a piece of audio. `null` where there is nothing to measure (silence, no pulse). */
export const tags = z.object({
  tempo: z.object({ bpm: z.number().positive(), confidence: z.number().min(0).max(1) }).nullable(),
  /** Beat times in seconds, ascending. */
  beats: z.array(z.number().nonnegative()),
  /** Times of the beats that start a bar, a subset of `beats`. */
  downbeats: z.array(z.number().nonnegative()),
  key: z
    .object({
      tonic: z.enum(tonics),
      mode: z.enum(['major', 'minor']),
      confidence: z.number().min(0).max(1),
    })
    .nullable(),
  loudness: z.object({
    /** LUFS, null when gated to nothing. */
    integrated: z.number().nullable(),
    /** Loudness range in LU. */
    range: z.number().nullable(),
    /** dBTP, null for digital silence. */
    truePeak: z.number().nullable(),
  }),
  durationSeconds: z.number().nonnegative(),
});
export type Tags = z.infer<typeof tags>;
