import { z } from 'zod';

export const tonics = ['C', 'C#', 'D', 'Eb', 'E', 'F', 'F#', 'G', 'Ab', 'A', 'Bb', 'B'] as const;

/** A number for each key: C major, C minor, C sharp major, ... B minor. */
export const keyFit = z.array(z.number()).length(2 * tonics.length);
export type KeyFit = z.infer<typeof keyFit>;

const confidence = z.number().min(0).max(1);
const span = z.object({ start: z.number().nonnegative(), end: z.number().nonnegative() });

/** Stands among the roles for a file that is no single track. */
export const mixtureRole = 'mix';

/** What a trained head hears in a piece. Confidences are its probabilities. */
export const content = z.object({
  /** General MIDI's families, drums and voice, surest first. */
  instruments: z.array(z.object({ name: z.string(), confidence })),
  /** What a track that sounds like this is in a mix, or that it is one (`mixtureRole`), surest first; none for silence. */
  roles: z.array(z.object({ name: z.string(), confidence })),
  /** Where there is singing and where there are drums, in seconds, ascending. */
  voice: z.array(span),
  drums: z.array(span),
  /** Whether SoniDo's features were heard with, or mel bands alone. */
  withFeatures: z.boolean(),
  /** Whether confidences were fitted, on songs that the head had not been trained on, to how often it is right. */
  calibrated: z.boolean().optional(),
});
export type Content = z.infer<typeof content>;

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
  /** Stretches of one sound and harmony, without gaps from start to end; those that are alike have the same letter. */
  sections: z.array(span.extend({ label: z.string().max(8) })).default([]),
  /** Absent where no head was asked. */
  content: content.optional(),
});
export type Tags = z.infer<typeof tags>;

/** The key at a place of `KeyFit`. */
export const keyAt = (index: number): Pick<NonNullable<Tags['key']>, 'tonic' | 'mode'> => ({
  tonic: tonics[index >> 1]!,
  mode: index % 2 === 0 ? 'major' : 'minor',
});
