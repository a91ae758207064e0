import { z } from 'zod';
import { returnKinds, takeGap, takeStates, tempoMap, track, compRegion } from './session.ts';

/**
 * The session in the DAW as the window sees it: tracks whose plugin is or was connected, their takes on the host's
 * timeline, and what moves. `studio` is told when something is different, `pulse` about twenty times a second.
 */
const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const name = z.string().trim().min(1).max(180);

const studioTake = z.object({
  id: z.string(),
  hostStart: z.number().int(),
  frames: z.number().int().nonnegative(),
  sampleRate: z.number().int().positive(),
  gaps: z.array(takeGap),
  state: z.enum(takeStates),
  started: z.number(),
  /** The medium with its peaks pyramid; `null` while it is drawn from what `pulse` tells. */
  peaks: id.nullable(),
});
export type StudioTake = z.infer<typeof studioTake>;

/** `connected`: the plugin is there; `capturing`: it sends what plays; `lost`: it was there and is gone; `away`: since the start. */
export const plugStates = ['connected', 'capturing', 'lost', 'away'] as const;

export const studioTrack = track.omit({ source: true }).extend({
  plug: z.enum(plugStates),
  /** Host and plugin format as they call themselves: "Ardour", "LV2". */
  host: z.string(),
  format: z.string(),
  sampleRate: z.number().positive(),
  droppedFrames: z.number().int().nonnegative(),
  /** What the plugin says to the user. */
  message: z.string(),
  /** Newest first. */
  takes: z.array(studioTake),
  /** The newest take on top, seen through where it has gaps. */
  comp: z.array(compRegion),
  /** What was given back; `held`: the plugin has said that it has it. */
  returned: z.array(z.object({ kind: z.enum(returnKinds), held: z.boolean() })),
});
export type StudioTrack = z.infer<typeof studioTrack>;

/** A named place on the host timeline. */
export const marker = z.object({ id, frame: z.number().int(), name: z.string().max(180) });
export type Marker = z.infer<typeof marker>;

export const studio = z.object({
  /** `off`: this window runs without the bridge; `failed`: the bridge could not be started, `message` says why. */
  state: z.enum(['off', 'serving', 'failed']),
  message: z.string(),
  /** The session's folder. */
  folder: z.string(),
  sampleRate: z.number().int().positive(),
  tracks: z.array(studioTrack),
  /** The host's tempo and meter along the timeline, as far as it was played; the latest pass counts. */
  tempo: tempoMap,
  markers: z.array(marker),
  /** Whether a choice of takes can be taken back, or made again. */
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type Studio = z.infer<typeof studio>;

/** Where the host's transport is. */
const hostClock = z.object({
  frame: z.number().int(),
  playing: z.boolean(),
  looping: z.boolean(),
  /** What it loops over, in samples, as far as its jumps have told. */
  loop: z.object({ start: z.number().int(), end: z.number().int() }).nullable(),
  /** Faster than real time: an export. */
  offline: z.boolean(),
  bpm: z.number().nullable(),
  bar: z.number().int().nullable(),
  beat: z.number().int().nullable(),
});
export type HostClock = z.infer<typeof hostClock>;

export const pulse = z.object({
  clock: hostClock.nullable(),
  /** Highest sample of each channel since the last pulse; tracks that are silent are left out. */
  levels: z.array(z.object({ track: z.string(), peaks: z.array(z.number()) })),
  /**
   * What takes have grown by: bins of 1024 frames from `from` on, three signed bytes each as base64: minimum, maximum,
   * RMS, 127 is full scale, all channels in one.
   */
  growth: z.array(
    z.object({ take: z.string(), from: z.number().int(), frames: z.number().int(), bins: z.string() }),
  ),
});
export type Pulse = z.infer<typeof pulse>;

export const givenBack = z.array(
  z.object({ track: z.string(), name: z.string(), kind: z.enum(['stems', 'notes']), delivered: z.boolean() }),
);
export type GivenBack = z.infer<typeof givenBack>;

const done = z.null();

export const studioMethods = {
  /** Gives a track another name, colour or group; its plugin is told. */
  editTrack: {
    input: z.object({
      track: z.string(),
      name: name.optional(),
      colour: z
        .string()
        .regex(/^#[0-9a-f]{6}$/)
        .nullable()
        .optional(),
    }),
    output: done,
  },
  /** From now on a track's comp plays this take between two places of the host timeline, in samples. */
  chooseTake: {
    input: z.object({ track: z.string(), take: z.string(), start: z.number().int(), end: z.number().int() }),
    output: done,
  },
  /** One choice of a take back, or again. */
  undoComp: { input: z.object({}), output: done },
  redoComp: { input: z.object({}), output: done },
  setMarkers: { input: z.object({ markers: z.array(marker).max(1000) }), output: done },
  /** Opens what tracks have captured (their comp) as a song: one track as a mix, several as a session. */
  openTracks: { input: z.object({ tracks: z.array(z.string()).min(1).max(256) }), output: id },
  /**
   * Gives what was made of a song back to the plugins of the tracks that it came from, or to the named one.
   * Plugins that are away get it when they come.
   */
  giveBack: {
    input: z.object({
      songId: id,
      what: z.array(z.enum(['stems', 'notes'])).min(1),
      track: z.string().nullable(),
      /** Only the notes of this stem, to the named track. */
      part: z.string().nullable(),
      /** Notes below it are left out. */
      minConfidence: z.number().min(0).max(1),
      /** The plugin changes over to the stems at once. */
      listen: z.boolean(),
    }),
    output: givenBack,
  },
  /** Takes stems and notes of a track back: its plugin plays the original again. */
  takeBack: { input: z.object({ track: z.string() }), output: done },
  /** What a track's plugin plays. */
  hearTrack: {
    input: z.object({ track: z.string(), source: z.enum(['original', 'stems']) }),
    output: z.object({ delivered: z.boolean() }),
  },
} as const;

export const studioTopics = {
  studio: { event: studio },
  pulse: { event: pulse },
} as const;
