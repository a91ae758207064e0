import { z } from 'zod';

/** A tempo map: from each point on, so many quarter notes per minute. A take's first point is where the take starts. */
export const tempoMap = z.array(
  z.object({
    /** Position on the host timeline, in samples; negative in a pre-roll. */
    sample: z.number().int(),
    bpm: z.number().positive(),
    numerator: z.number().int().positive(),
    denominator: z.number().int().positive(),
    /** Where the host counts this point: bar from 1 and beat from 1 with its fraction; absent when it did not say. */
    bar: z.number().int().optional(),
    beat: z.number().optional(),
  }),
);
export type TakeTempoMap = z.infer<typeof tempoMap>;

/** Frames that were not received, counted from the take's first frame; the take holds silence there. */
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
  /** `#rrggbb`. */
  colour: z.string().nullable().default(null),
  /** The number chosen in the plugin, 1 to 64; 0 is none. */
  slot: z.number().int().min(0).max(64).default(0),
  /** Tracks of one group belong together: a drum kit, the backing vocals. */
  group: z.string().nullable().default(null),
});
export type Track = z.infer<typeof track>;
/** A track to be stored; what is left out gets its default. */
export type NewTrack = z.input<typeof track>;

export const takeStates = ['recording', 'complete', 'recovered'] as const;

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
  /** `recovered`: the program died while recording; all that had been written was found. */
  state: z.enum(takeStates).default('complete'),
  /** When its first frame arrived, in milliseconds since 1970: the later take lies on top. 0 when unknown. */
  started: z.number().nonnegative().default(0),
});
export type Take = z.infer<typeof take>;
/** A take to be stored; what is left out gets its default. */
export type NewTake = z.input<typeof take>;

/** A piece of a track's comp: these frames of one take are heard. */
export const compRegion = z.object({
  takeId: z.string(),
  /** Position on the host timeline, in samples. */
  hostStart: z.number().int(),
  /** First frame inside the take. */
  takeStart: z.number().int().nonnegative(),
  frames: z.number().int().positive(),
});
export type CompRegion = z.infer<typeof compRegion>;

/** What a track's plugin was given: stems to play, notes, strip values, what to listen to, the name typed in the app. */
export const returnKinds = ['stems', 'notes', 'strip', 'monitor', 'name'] as const;
export type ReturnKind = (typeof returnKinds)[number];

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

/** What can be decided about a song; each has a history of its own within the session's one list. */
export const decidables = ['mix', 'notes'] as const;
export type Decidable = (typeof decidables)[number];

/** Something that the user did or took back; both sides are kept, so that undo is one step. */
export const decision = z.object({
  id: z.string(),
  trackId: z.string(),
  /** Before and after it, as JSON: a channel strip, notes. */
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string(),
  state: z.enum(['applied', 'undone']),
  decided: z.number(),
});
export type Decision = z.infer<typeof decision>;
