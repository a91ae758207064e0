import { z } from 'zod';

/** A tempo map: from each point on, so many quarter notes per minute. The first point is at sample 0. */
export const tempoMap = z.array(
  z.object({
    /** Position on the host timeline, in samples. */
    sample: z.number().int().nonnegative(),
    bpm: z.number().positive(),
    numerator: z.number().int().positive(),
    denominator: z.number().int().positive(),
  }),
);

/** Frames that were not received; the take holds silence there. */
export const takeGap = z.object({
  start: z.number().int().nonnegative(),
  frames: z.number().int().positive(),
});

export const track = z.object({
  id: z.string(),
  name: z.string(),
  /** Place in the session, from 0. */
  position: z.number().int().nonnegative(),
  /** The file it was made from, or `null` when it came through the plugin. */
  source: z.string().nullable(),
});
export type Track = z.infer<typeof track>;

/** One pass of audio of a track. */
export const take = z.object({
  id: z.string(),
  trackId: z.string(),
  /** Absolute, or relative to the session's `audio/` folder. */
  audio: z.string(),
  sampleRate: z.number().int().positive(),
  channels: z.number().int().positive(),
  frames: z.number().int().nonnegative(),
  /** Where its first frame lies on the host timeline, in samples at the take's rate. */
  hostStart: z.number().int(),
  gaps: z.array(takeGap),
  tempoMap,
});
export type Take = z.infer<typeof take>;

export const jobStates = ['running', 'done', 'failed', 'cancelled', 'interrupted'] as const;

/** Something a user asked for. `interrupted`: the process died under it; asking again goes on from there. */
export const sessionJob = z.object({
  id: z.string(),
  workflow: z.string(),
  request: z.unknown(),
  state: z.enum(jobStates),
  /** The message of a failed job. */
  error: z.string().nullable(),
  /** Milliseconds since 1970. */
  started: z.number(),
  ended: z.number().nullable(),
});
export type SessionJob = z.infer<typeof sessionJob>;

/** A mix move that the user took or took back; both strips are kept, so that undo is one step. */
export const decision = z.object({
  id: z.string(),
  trackId: z.string(),
  /** The settings before and after, as the channel strip's JSON. */
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string(),
  state: z.enum(['applied', 'undone']),
  decided: z.number(),
});
export type Decision = z.infer<typeof decision>;
