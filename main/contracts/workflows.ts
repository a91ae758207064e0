import { z } from 'zod';
import { featureLevel, featureLevels, featureTensor } from './features.ts';
import { mixPlan } from './mixPlan.ts';
import { modelResult } from './modelRun.ts';
import { stemNote } from './notes.ts';
import { outputFile } from './outputFile.ts';
import { tags } from './tags.ts';

/**
 * What a user can ask for as one job, and what comes back. The CLI and the app send these requests to the
 * engine. Paths may be relative to the working directory; paths in results are absolute, except where a
 * result is written as a file (then they are relative to that file's folder).
 */
const path = z.string().min(1, 'A path was expected, not an empty text.');

/** The whole job as one bar. */
export const workflowProgress = z.object({
  /** What is being done now: "Separating song.wav". */
  label: z.string(),
  /** 0 to 1 over everything that was asked for; never goes back. */
  fraction: z.number().min(0).max(1),
  /** Seconds to the end, from speeds measured on this machine; `null` while nothing is known. */
  etaSeconds: z.number().nonnegative().nullable(),
  /** Something worth a line of its own: "The GPU gave wrong numbers, using the CPU". */
  note: z.string().optional(),
});
export type WorkflowProgress = z.infer<typeof workflowProgress>;

export interface Watch {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WorkflowProgress) => void) | undefined;
}

const defaultPacks = {
  separate: 'htdemucs',
  transcribe: 'basic-pitch',
  features: 'sonido-s',
} as const;

export const splitRequest = z.object({
  input: path,
  outputDirectory: path,
  pack: z.string().default(defaultPacks.separate),
  /** Only these stems and what remains; `null` for all that the pack knows. */
  stems: z.array(z.string()).min(1).nullable().default(null),
  /** One stem and everything else; excludes `stems`. */
  twoStem: z.string().nullable().default(null),
  /** Puts the first 10 seconds into `preview/` before the rest is computed. */
  preview: z.boolean().default(false),
});
export type SplitRequest = z.input<typeof splitRequest>;

/** Also the content of `split.json`. */
export const splitResult = modelResult.extend({
  /** Peak of (source - sum of stems) in dBFS; `null` is digital silence: an exact sum. */
  residualDb: z.number().nullable(),
  stems: z.array(z.object({ stem: z.string(), file: z.string() })),
});
export type SplitResult = z.infer<typeof splitResult>;

const noteThresholds = {
  onsetThreshold: z.number().min(0).max(1).default(0.5),
  frameThreshold: z.number().min(0).max(1).default(0.3),
  /** The authors' default: 11 frames of 256 samples at 22,050 Hz. */
  minNoteSeconds: z.number().nonnegative().default(0.1277),
  minHz: z.number().positive().nullable().default(null),
  maxHz: z.number().positive().nullable().default(null),
};

export const transcribeRequest = z.object({
  input: path,
  /** The Standard MIDI file to write. */
  output: outputFile('.mid', '.midi'),
  pack: z.string().default(defaultPacks.transcribe),
  ...noteThresholds,
  /** Beats per minute of the tempo map; `null` takes the tempo and beats found in the audio. */
  bpm: z.number().positive().nullable().default(null),
});
export type TranscribeRequest = z.input<typeof transcribeRequest>;

export const transcribeResult = modelResult.extend({
  midi: z.string(),
  bpm: z.number().positive().nullable(),
  notes: z.array(stemNote),
});
export type TranscribeResult = z.infer<typeof transcribeResult>;

export const tagRequest = z.object({
  input: path,
  /** Whether the head hears SoniDo's features too, or mel bands alone (a tenth of the work); `null` asks no head. */
  features: z.boolean().nullable().default(false),
});
export type TagRequest = z.input<typeof tagRequest>;
export { tags as tagResult };

export const featuresRequest = z.object({
  input: path,
  /** The safetensors file to write. */
  output: outputFile('.safetensors'),
  pack: z.string().default(defaultPacks.features),
  levels: z
    .array(featureLevel)
    .min(1)
    .default([...featureLevels]),
});
export type FeaturesRequest = z.input<typeof featuresRequest>;

export const featuresResult = modelResult.extend({ output: z.string(), tensors: z.array(featureTensor) });
export type FeaturesResult = z.infer<typeof featuresResult>;

export const mixRequest = z.object({
  tracks: z.array(path).min(1),
  reference: path.nullable().default(null),
  /** The JSON file to write the plan to. */
  output: outputFile('.json'),
  /** Also render the mix to this WAV file. */
  render: outputFile('.wav').nullable().default(null),
  /** Whether roles that no name tells are heard with SoniDo's features, or from mel bands alone. */
  features: z.boolean().default(true),
});
export type MixRequest = z.input<typeof mixRequest>;

export const prepareRequest = z.object({
  inputs: z.array(path).min(1),
  outputDirectory: path,
  /** Also write each file as float32 WAV; without it the files are WAV already and are only drawn. */
  decode: z.boolean().default(true),
});
export type PrepareRequest = z.input<typeof prepareRequest>;

/** Files ready to be drawn and played. */
export const prepareResult = z.object({
  files: z.array(
    z.object({
      name: z.string(),
      /** Float32 WAV: decoded, or the input itself. */
      audio: z.string(),
      /** Min/max/RMS pyramid. */
      peaks: z.string(),
    }),
  ),
});
export type PrepareResult = z.infer<typeof prepareResult>;

const renderedMix = z.object({
  file: z.string(),
  integratedLufs: z.number().nullable(),
  truePeakDb: z.number().nullable(),
});

export const mixResult = z.object({
  output: z.string(),
  plan: mixPlan,
  render: renderedMix.nullable(),
  /** What is worth knowing, in sentences. */
  notes: z.array(z.string()),
});
export type MixResult = z.infer<typeof mixResult>;

export const renderRequest = z.object({
  /** In the order of the plan's tracks. */
  tracks: z.array(path).min(1),
  plan: mixPlan,
  /** The WAV file to write. */
  output: outputFile('.wav'),
});
export type RenderRequest = z.input<typeof renderRequest>;
export type RenderResult = z.infer<typeof renderedMix>;

/** `auto`: done when the pack is installed, otherwise left out and said so; `required`: an error then. */
export const stepMode = z.enum(['auto', 'required', 'off']);
export type StepMode = z.infer<typeof stepMode>;

export const runRequest = z.object({
  /** One file is a mix; several are the tracks of a session. */
  inputs: z.array(path).min(1),
  outputDirectory: path,
  /** By default a single file is separated and the tracks of a session are not. */
  separation: stepMode.default('auto'),
  transcription: stepMode.default('auto'),
  separationPack: z.string().default(defaultPacks.separate),
  transcriptionPack: z.string().default(defaultPacks.transcribe),
  reference: path.nullable().default(null),
  render: z.boolean().default(true),
  /** Whether the song, and tracks whose names tell no role, are heard with SoniDo's features, or from mel bands alone. */
  features: z.boolean().default(true),
});
export type RunRequest = z.input<typeof runRequest>;

/** Also the content of `run.json`; its files are then relative to the output folder. */
export const runResult = z.object({
  version: z.literal(1),
  inputs: z.array(z.string()),
  /** Of the whole: the mix, or the sum of the tracks. */
  tags,
  tagsFile: z.string(),
  /** What the mix plan and the notes are about: the stems of a mix, or the tracks of a session. */
  tracks: z.array(
    z.object({
      name: z.string(),
      file: z.string(),
      /** Seconds from the start of the tracks' common timeline to its own; the notes count from the former. */
      start: z.number().nonnegative().optional(),
      /** Of a session's own tracks; `null` for stems. */
      tags: tags.nullable(),
      /** `null` when it was not transcribed. */
      notes: z.number().int().nonnegative().nullable(),
    }),
  ),
  separation: splitResult.nullable(),
  transcription: z
    .object({ midi: z.string(), notesFile: z.string(), count: z.number().int(), packs: z.array(modelResult) })
    .nullable(),
  mix: mixResult.omit({ plan: true, notes: true }),
  /** What was left out or worth knowing, in sentences. */
  notes: z.array(z.string()),
  seconds: z.number().nonnegative(),
});
export type RunResult = z.infer<typeof runResult>;
