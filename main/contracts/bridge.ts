import { z } from 'zod';
import { mixPlan } from './mixPlan.ts';
import type { RpcContract } from './rpc.ts';
import { compRegion, decision, returnKinds, take, track } from './session.ts';

/**
 * What the app, the CLI and tests ask of a running bridge, and what it tells. A track is named by its id, its name
 * (case does not matter) or its slot number.
 */
const trackName = z.string().min(1).max(200);
const path = z.string().min(1).max(4096);
const colour = z.string().regex(/^#[0-9a-f]{6}$/);

/** One returned stem, as the plugin is told about it. */
export const returnedStem = z.object({
  stem: z.string().max(200),
  /** Absolute; float32 WAV or RF64. */
  file: path,
  /** Host frame of its first frame. */
  startFrame: z.number().int(),
  gainDb: z.number(),
});
export type ReturnedStem = z.infer<typeof returnedStem>;

const stemState = z.object({
  stem: z.string(),
  state: z.enum(['loading', 'ready', 'missing', 'wrong-rate', 'unreadable']),
});

/** The plugin instance behind a track while it is connected. */
export const livePlugin = z.object({
  host: z.string(),
  format: z.string(),
  pluginVersion: z.string(),
  sampleRate: z.number().positive(),
  maxBlockFrames: z.number().int().positive(),
  channels: z.number().int().positive(),
  /** The take that is being recorded. */
  recording: z.string().nullable(),
  /** Frames the plugin could not send since it was made. */
  droppedFrames: z.number().int().nonnegative(),
  /** Frames for which it wanted stems that were not loaded yet; the original was heard. */
  missedFrames: z.number().int().nonnegative(),
  stems: z.array(stemState),
  /** The plugin's parameters by symbol, as far as it has told them. */
  parameters: z.record(z.string(), z.number()),
  /** What the plugin says to the user. */
  message: z.string(),
});
export type LivePlugin = z.infer<typeof livePlugin>;

export const bridgeTrack = track.extend({
  plugin: livePlugin.nullable(),
  takes: z.array(take),
  /** The newest take on top, seen through where it has gaps. */
  comp: z.array(compRegion),
  returned: z.array(
    z.object({
      kind: z.enum(returnKinds),
      payload: z.unknown(),
      given: z.number(),
      confirmed: z.number().nullable(),
    }),
  ),
});
export type BridgeTrack = z.infer<typeof bridgeTrack>;

const ofTrack = { track: z.string(), name: z.string() };

export const bridgeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('connected'), ...ofTrack, plugin: livePlugin }),
  z.object({ type: z.literal('disconnected'), ...ofTrack, reason: z.string() }),
  z.object({ type: z.literal('refused'), kind: z.string(), message: z.string() }),
  z.object({ type: z.literal('track'), ...ofTrack }),
  z.object({ type: z.literal('take-started'), ...ofTrack, take: z.string(), hostStart: z.number().int() }),
  z.object({ type: z.literal('take-ended'), ...ofTrack, take }),
  /** Frames that were lost; `take` is null when they belong to none. `start` counts from the take's first frame. */
  z.object({
    type: z.literal('gap'),
    ...ofTrack,
    take: z.string().nullable(),
    start: z.number().int().nullable(),
    frames: z.number().int().positive(),
  }),
  z.object({ type: z.literal('status'), ...ofTrack, stems: z.array(stemState), message: z.string() }),
  z.object({ type: z.literal('confirmed'), ...ofTrack, kind: z.enum(returnKinds) }),
  z.object({ type: z.literal('parameters'), ...ofTrack, parameters: z.record(z.string(), z.number()) }),
  /** A choice of a take was made, taken back or made again. */
  z.object({ type: z.literal('takes-chosen'), reason: z.string() }),
  /** Something the user must know: the disk is full, a take was recovered. `recovered` ends what a trouble began. */
  z.object({ type: z.literal('trouble'), kind: z.string(), message: z.string() }),
  z.object({ type: z.literal('recovered'), message: z.string() }),
]);
export type BridgeEvent = z.infer<typeof bridgeEvent>;

/** A file that `capture` has written. */
const capturedFile = z.object({
  track: z.string(),
  name: z.string(),
  file: z.string(),
  hostStart: z.number().int(),
  frames: z.number().int().nonnegative(),
  sampleRate: z.number().positive(),
  gaps: take.shape.gaps,
});

export const bridge = {
  methods: {
    info: {
      input: z.object({}),
      output: z.object({
        version: z.string(),
        pid: z.number().int(),
        session: z.string(),
        /** Where plugins connect to. */
        address: z.string(),
        endpointFile: z.string(),
        reaStream: z.string().nullable(),
      }),
    },
    tracks: { input: z.object({}), output: z.array(bridgeTrack) },
    /** Changes what is given; the plugin is told its name and colour. */
    changeTrack: {
      input: z.object({
        track: trackName,
        name: trackName.optional(),
        colour: colour.nullable().optional(),
        group: trackName.nullable().optional(),
      }),
      output: bridgeTrack,
    },
    /**
     * Writes what plays from now on to files, one for each pass: until so many seconds of each track are there, or until
     * the transport has stopped. Waits for the transport to start.
     */
    capture: {
      input: z.object({
        seconds: z.number().positive().nullable(),
        /** All tracks when null. */
        tracks: z.array(trackName).min(1).nullable(),
        directory: path,
      }),
      output: z.array(capturedFile),
      event: z.object({
        state: z.enum(['waiting', 'recording', 'writing']),
        seconds: z.number().nonnegative(),
      }),
    },
    /** Writes what has been recorded already: each track's comp as one file, silent where nothing was played. */
    exportComps: {
      input: z.object({ tracks: z.array(trackName).min(1).nullable(), directory: path }),
      output: z.array(capturedFile),
    },
    /** The takes that were chosen for spans of the tracks, oldest first; takes the last choice back, or the last undo. */
    takeChoices: {
      input: z.object({ change: z.enum(['undo', 'redo']).nullable() }),
      output: z.object({
        changed: z.boolean(),
        choices: z.array(decision.pick({ reason: true, state: true, decided: true })),
      }),
    },
    /** Stems that the plugin plays in time with the transport; an empty list unloads them. */
    returnStems: {
      input: z.object({ track: trackName, stems: z.array(returnedStem).max(8), listen: z.boolean() }),
      output: z.object({ track: bridgeTrack, delivered: z.boolean() }),
    },
    /** Notes of a Standard MIDI File; second 0 of the file lies on `startFrame` (null: where the newest take starts). */
    returnNotes: {
      input: z.object({ track: trackName, midi: path.nullable(), startFrame: z.number().int().nullable() }),
      output: z.object({
        track: bridgeTrack,
        delivered: z.boolean(),
        notes: z.number().int(),
        startFrame: z.number().int(),
      }),
    },
    /** Strips of a mix plan to the tracks with the plan's names, or its only track to the named one. */
    returnMix: {
      input: z.object({ track: trackName.nullable(), plan: mixPlan }),
      output: z.object({
        applied: z.array(z.object({ track: z.string(), name: z.string(), delivered: z.boolean() })),
        /** Names in the plan for which there is no track. */
        unknown: z.array(z.string()),
      }),
    },
    /** Sets parameters of the plugin by symbol: stem faders, mutes, solos, the strip. Not kept for a plugin that is away. */
    setParameters: {
      input: z.object({ track: trackName, parameters: z.record(z.string().max(64), z.number()) }),
      output: z.object({ delivered: z.boolean() }),
    },
    /** What the plugin plays: the track as it is, or the stems. */
    listen: {
      input: z.object({ track: trackName, source: z.enum(['original', 'stems']) }),
      output: z.object({ delivered: z.boolean() }),
    },
  },
  topics: { events: { event: bridgeEvent } },
} as const satisfies RpcContract;
