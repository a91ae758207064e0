import { z } from 'zod';
import { dawMixer, fadersMoved, formerStrip } from './dawMixer.ts';
import { errorPayload } from './errors.ts';
import { mixPlan } from './mixPlan.ts';
import { modelRun } from './modelRun.ts';
import { note, stemNote } from './notes.ts';
import { separationAdapters } from './pack.ts';
import { preferences, preferencesChange } from './preferences.ts';
import type { RpcContract } from './rpc.ts';
import { studioMethods, studioTopics } from './studio.ts';
import { tags } from './tags.ts';

/**
 * What the window asks of the engine's desk: songs that were opened, the queue of jobs, results to look at and
 * listen to. The same over a MessagePort in the desktop app and a WebSocket in a browser. Audio never comes
 * through here: a medium is fetched by its id, in byte ranges.
 */
const id = z.string().regex(/^[a-z0-9-]{1,64}$/);

/** An audio file that the window may play and draw. */
export const medium = z.object({
  id,
  sampleRate: z.number().int().positive(),
  channels: z.number().int().positive(),
  frames: z.number().int().nonnegative(),
  /** Where the samples start in the file: interleaved little-endian float32. */
  dataStart: z.number().int().nonnegative(),
  /** The medium with its peaks pyramid; `null` while it has not been drawn. */
  peaks: id.nullable(),
});
export type Medium = z.infer<typeof medium>;

/** Something to see and hear over the song's time. */
export const lane = z.object({ name: z.string(), medium });
export type Lane = z.infer<typeof lane>;

/** What the user makes of a mix suggestion; kept, so that it is there after a restart. */
export const mixChoice = z.object({
  /** 0 leaves everything as it was, 1 is the suggestion. */
  strength: z.number().min(0).max(1.5),
  /** Tracks that are left as they were. */
  skipped: z.array(z.string()),
});
export type MixChoice = z.infer<typeof mixChoice>;

export const song = z.object({
  id,
  title: z.string(),
  /** Milliseconds since 1970. */
  opened: z.number(),
  /** Absolute paths; one is a mix, several are the tracks of a session. */
  inputs: z.array(z.string()).min(1),
  /** The tracks of the DAW that it was captured from, in the order of the inputs; `startFrame` is where it starts there. */
  origin: z
    .object({
      tracks: z.array(z.string()).min(1),
      startFrame: z.number().int(),
      sampleRate: z.number().positive(),
    })
    .nullable()
    .default(null),
  /** The inputs as they sound; empty until they have been read. */
  sources: z.array(lane),
  tags: tags.nullable(),
  stems: z
    .object({
      lanes: z.array(lane),
      /** Of the first seconds only, while the rest is computed. */
      preview: z.boolean(),
      residualDb: z.number().nullable(),
      model: modelRun.nullable(),
    })
    .nullable(),
  /** Notes per stem or track, edits included; `null` until transcribed. */
  noteCount: z.number().int().nullable(),
  /** Counts up with every edit, so that a view knows when to ask again. */
  noteRevision: z.number().int(),
  mix: z
    .object({
      plan: mixPlan,
      choice: mixChoice,
      /** The strips have been given to the plugin; every further choice goes there, too. */
      applied: z.boolean().default(false),
      /** How the DAW's faders were that carry gain and pan now; `null`: the plugins carry everything. */
      faders: z.array(formerStrip).nullable().default(null),
      canUndo: z.boolean().default(false),
      canRedo: z.boolean().default(false),
    })
    .nullable(),
  /** What was left out or worth knowing. */
  remarks: z.array(z.string()),
});
export type Song = z.infer<typeof song>;

export const jobSteps = z.object({
  /** The separation pack, or `null` to leave the step out. */
  stems: z.string().nullable(),
  /** The transcription pack, or `null` to leave the step out. */
  notes: z.string().nullable(),
  mix: z.boolean(),
  /** A mix that the suggestion is to come near to in loudness, spectrum and width: an audio file. */
  reference: z.string().optional(),
  /** Whether the song is heard with SoniDo's features; left out, as the preferences say. */
  features: z.boolean().optional(),
});
export type JobSteps = z.infer<typeof jobSteps>;

export const deskJobStates = ['queued', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;

export const deskJob = z.object({
  id,
  songId: id,
  title: z.string(),
  steps: jobSteps,
  state: z.enum(deskJobStates),
  /** What is being done now. */
  label: z.string(),
  fraction: z.number().min(0).max(1),
  etaSeconds: z.number().nonnegative().nullable(),
  /** Seconds of audio per second, as measured in the step under way; `null` while that is not known. */
  speed: z.number().nonnegative().nullable().default(null),
  /** What the step under way runs on: `cpu`, `webgpu`, ... */
  provider: z.string().nullable().default(null),
  /** The pack of the step under way. */
  pack: z.string().nullable().default(null),
  /** Things worth a line, newest last. */
  notes: z.array(z.string()),
  error: errorPayload.nullable(),
});
export type DeskJob = z.infer<typeof deskJob>;

/** A note with a name of its own, so that edits can speak of it. */
export const deskNote = stemNote.extend({ id: z.string() });
export type DeskNote = z.infer<typeof deskNote>;

export const noteEdit = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('change'),
    notes: z.array(
      z.object({
        id: z.string(),
        pitch: note.shape.pitch,
        onset: note.shape.onset,
        offset: note.shape.offset,
        /** Left out, it stays. */
        velocity: note.shape.velocity.optional(),
      }),
    ),
  }),
  z.object({ type: z.literal('remove'), ids: z.array(z.string()) }),
  z.object({ type: z.literal('add'), note: stemNote }),
]);
export type NoteEdit = z.infer<typeof noteEdit>;

export const noteSheet = z.object({
  revision: z.number().int(),
  notes: z.array(deskNote),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type NoteSheet = z.infer<typeof noteSheet>;

export const packEntry = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string().nullable(),
  summary: z.string(),
  tasks: z.array(z.string()),
  stems: z.array(z.string()),
  licence: z.object({ id: z.string(), text: z.string(), mustAccept: z.boolean() }).nullable(),
  licenceAccepted: z.boolean(),
  installed: z.boolean(),
  /** Bytes to download. */
  downloadBytes: z.number().nullable(),
  installedBytes: z.number(),
  source: z.string(),
  /** As measured on this machine, the latest first. */
  speeds: z.array(z.object({ provider: z.string(), realtimeFactor: z.number() })).default([]),
  problem: z.string().nullable(),
});
export type PackEntry = z.infer<typeof packEntry>;

export const deskFinding = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warn', 'fail']),
  found: z.string(),
  fix: z.string().nullable(),
});
export type DeskFinding = z.infer<typeof deskFinding>;

export const exportWish = z.object({
  stems: z.boolean(),
  /** Broadcast Wave in 32-bit float or 24-bit, for programs that read no float, or FLAC with the same 24 bits. */
  encoding: z.enum(['float32', 'int24', 'flac']),
  midi: z.boolean(),
  /** Notes below it are left out of the file. */
  minConfidence: z.number().min(0).max(1),
  mix: z.boolean(),
  /** Of these stems only, sound and notes; all of them when it is left out. */
  only: z.array(z.string()).optional(),
  /** Each stem's notes in a file of their own besides the one with all of them. */
  midiPerStem: z.boolean().optional(),
});
export type ExportWish = z.infer<typeof exportWish>;

/** A separation model of the user's own; what is left out is read from the file where it can be. */
export const packImport = z.object({
  file: z.string().min(1),
  id: z.string().min(1).max(64),
  name: z.string().max(200).optional(),
  adapter: z.enum(separationAdapters),
  stems: z.array(z.string().min(1)).min(1).optional(),
  sampleRate: z.number().int().min(8000).max(384_000),
});
export type PackImport = z.infer<typeof packImport>;

const done = z.null();
const ofSong = z.object({ songId: id });
const ofJob = z.object({ jobId: id });

export const desk = {
  methods: {
    about: {
      input: z.object({}),
      output: z.object({ version: z.string(), platform: z.string(), musicFolder: z.string() }),
    },
    /** Opens files: each a song of its own, or `together` the tracks of one session. */
    open: {
      input: z.object({ paths: z.array(z.string().min(1)).min(1).max(256), together: z.boolean() }),
      output: z.array(id),
    },
    /** Forgets a song and what was made of it; the user's own files stay. */
    close: { input: ofSong, output: done },
    start: { input: ofSong.extend({ steps: jobSteps }), output: id },
    cancel: { input: ofJob, output: done },
    /** What was done so far is kept. */
    pause: { input: ofJob, output: done },
    resume: { input: ofJob, output: done },
    /** To this place among the waiting jobs, from 0. */
    move: { input: ofJob.extend({ place: z.number().int().nonnegative() }), output: done },
    /** Takes ended jobs off the list. */
    tidy: { input: z.object({}), output: done },
    notes: { input: ofSong, output: noteSheet },
    editNotes: { input: ofSong.extend({ edit: noteEdit }), output: noteSheet },
    undoNotes: { input: ofSong, output: noteSheet },
    redoNotes: { input: ofSong, output: noteSheet },
    chooseMix: { input: ofSong.extend({ choice: mixChoice }), output: done },
    /** Gives the strips of the choice to the plugins of the tracks. @returns names of the tracks that were reached. */
    applyMix: { input: ofSong, output: z.array(z.string()) },
    /** Whether the DAW's own mixer answers. */
    dawMixer: { input: z.object({}), output: dawMixer },
    /** Puts gain and pan of the choice onto the DAW's faders, and the rest into the plugins. */
    applyMixToFaders: { input: ofSong, output: fadersMoved },
    /** One step of the session's decisions back, for all tracks at once, in plugins and on faders as well. */
    undoMix: { input: ofSong, output: done },
    redoMix: { input: ofSong, output: done },
    /** Writes what is wished into a folder of the user's. @returns the files. */
    export: {
      input: ofSong.extend({ directory: z.string().min(1), wish: exportWish }),
      output: z.array(z.string()),
      /** `note` is something worth knowing of a file that was written: peaks that its format could not hold. */
      event: z.object({ label: z.string(), fraction: z.number(), note: z.string().optional() }),
    },
    /** One file ready to be dragged out of the window. */
    dragFile: {
      input: ofSong.extend({ what: z.enum(['stem', 'midi']), name: z.string(), minConfidence: z.number() }),
      output: z.string(),
    },
    packs: { input: z.object({}), output: z.array(packEntry) },
    addPack: {
      input: z.object({ pack: z.string(), acceptLicence: z.boolean() }),
      output: done,
      event: z.object({ label: z.string(), fraction: z.number().nullable() }),
    },
    removePack: { input: z.object({ pack: z.string() }), output: done },
    /** Makes a pack of an ONNX file, with the checks of `sonidesk packs import`. */
    importPack: { input: packImport, output: done },
    /** Runs an installed pack on some noise and notes how fast it is here. */
    measurePack: {
      input: z.object({ pack: z.string() }),
      output: done,
      event: z.object({ label: z.string(), fraction: z.number().nullable() }),
    },
    setPreferences: { input: preferencesChange, output: done },
    checkup: { input: z.object({}), output: z.array(deskFinding) },
    /** Where a medium lies; for the process that hands out its bytes. */
    mediumFile: { input: z.object({ medium: id }), output: z.string() },
    ...studioMethods,
  },
  topics: {
    songs: { event: z.object({ songs: z.array(song) }) },
    jobs: { event: z.object({ jobs: z.array(deskJob) }) },
    preferences: { event: preferences },
    ...studioTopics,
  },
} as const satisfies RpcContract;
