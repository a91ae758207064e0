import { z } from 'zod';
import { featureLevel, featureTensor } from './features.ts';
import { mixPlan } from './mixPlan.ts';
import { modelRun } from './modelRun.ts';
import { note } from './notes.ts';
import { content, keyFit, tags } from './tags.ts';

/**
 * Everything heavy is an operation: a function from input files and parameters to a folder of files and
 * a small JSON value. It runs in the inference host. File names in outputs are relative to that folder;
 * paths in inputs are absolute. An operation is deterministic: same input, same bytes.
 */
const audioFile = z.object({
  /** Float32 WAV or RF64, relative to the operation's folder. */
  audio: z.string(),
  sampleRate: z.number().int().positive(),
  channels: z.number().int().positive(),
  frames: z.number().int().nonnegative(),
});

/** Stems that sum to their source. */
const stemFiles = {
  /** Peak of (source - sum of stems) in dBFS; `null` when it is digital silence. */
  residualDb: z.number().nullable(),
  stems: z.array(z.object({ stem: z.string(), file: z.string() })),
};

const path = z.string().min(1);

/** A track of a mix. */
const mixInput = z.object({
  name: z.string(),
  audio: path,
  /** Where it starts on the tracks' common timeline, in frames at its own rate; 0 by default. */
  start: z.number().int().nonnegative().optional(),
});

export const operations = {
  /** Any supported audio file to float32 WAV at the source's own rate, channels and exact length. */
  decode: {
    version: 1,
    input: z.object({ source: path }),
    output: audioFile.extend({
      format: z.string(),
      /** Position on the host timeline from a BWF `bext` chunk. */
      timeReference: z.number().int().nonnegative().nullable(),
    }),
  },
  /** To the rate and channel count that a model wants. Mono is the mean of the channels; mono to stereo is duplicated; more than two are folded by the mean per side (ITU-R BS.775 weights for 5.1). */
  resample: {
    version: 1,
    input: z.object({
      audio: path,
      sampleRate: z.number().int().positive(),
      channels: z.union([z.literal(1), z.literal(2)]),
    }),
    output: audioFile,
  },
  separate: {
    version: 2,
    input: z.object({
      /** The source as decoded: the stems get its rate, channels and length. */
      source: path,
      /** The same audio at the pack's rate and channels. */
      model: path,
      pack: z.string(),
      /** Only this part of the source, in source frames (previews). */
      range: z
        .object({ start: z.number().int().nonnegative(), frames: z.number().int().positive() })
        .nullable(),
    }),
    output: z.object({ ...modelRun.shape, ...stemFiles }),
  },
  /** Some stems of a separation and what remains of the source without them. Runs no model. */
  'select-stems': {
    version: 1,
    input: z.object({
      source: path,
      /** The stems to keep; they may end before the source does (previews). */
      stems: z.array(z.object({ stem: z.string(), audio: path })).min(1),
      /** Name of what remains. */
      remainder: z.string(),
    }),
    output: z.object(stemFiles),
  },
  transcribe: {
    version: 1,
    input: z.object({
      /** At the pack's rate and channels. */
      audio: path,
      pack: z.string(),
      onsetThreshold: z.number().min(0).max(1),
      frameThreshold: z.number().min(0).max(1),
      minNoteSeconds: z.number().nonnegative(),
      minHz: z.number().positive().nullable(),
      maxHz: z.number().positive().nullable(),
    }),
    /** `notes` names a JSON file: an array of notes ordered by onset, then pitch. */
    output: z.object({ ...modelRun.shape, notes: z.string(), count: z.number().int().nonnegative() }),
  },
  /** Stage 1 of SoniDo: the codes of the three levels, coarse to fine. */
  tokenise: {
    version: 1,
    input: z.object({
      /** At the pack's rate and channels. */
      audio: path,
      pack: z.string(),
    }),
    /** `tokens` names a safetensors file with a tensor `tokens.<level>` each. */
    output: z.object({ ...modelRun.shape, tokens: z.string(), tensors: z.array(featureTensor) }),
  },
  /** Embeddings of the clips of a piece, the condition of SoniDo's stage 2. */
  'embed-clips': {
    version: 1,
    input: z.object({
      /** At the pack's rate and channels. */
      audio: path,
      pack: z.string(),
    }),
    /** `clips` names a safetensors file with the tensor `clip`. */
    output: z.object({ ...modelRun.shape, clips: z.string(), tensors: z.array(featureTensor) }),
  },
  /** Stage 2 of SoniDo: hidden states of the prior of one level, aligned with its tokens. */
  features: {
    version: 1,
    input: z.object({
      tokens: path,
      /** What `embed-clips` found with the same pack. */
      clips: path,
      pack: z.string(),
      level: featureLevel,
    }),
    /** `features` names a safetensors file with the tensor `features.<level>`. */
    output: z.object({ ...modelRun.shape, features: z.string(), tensors: z.array(featureTensor) }),
  },
  /** Instruments, role, voice and drums by a trained head. */
  recognise: {
    version: 5,
    input: z.object({
      /** At any rate. */
      audio: path,
      pack: z.string(),
      /** Features of the same audio by the pack that this one names; without them it hears mel bands alone. */
      features: z.object({ coarse: path, medium: path, fine: path, clips: path }).nullable(),
    }),
    output: content.extend({
      ...modelRun.shape,
      /** What the head with features makes of the key; `null` without features and for silence. */
      heardKey: z
        .object({
          /** Natural logarithms of probabilities, the mean over the windows. */
          logProbabilities: keyFit,
          /** What a correlation of 1 with a key's profile counts beside them; `null`: the pack's key is not used. */
          correlationWeight: z.number().positive().nullable(),
        })
        .nullable(),
    }),
  },
  tag: {
    version: 3,
    input: z.object({ audio: path }),
    /** `keyFit`: correlations with the profiles of all keys; `null` where there is no pitch. */
    output: tags.extend({ keyFit: keyFit.nullable() }),
  },
  mix: {
    version: 1,
    input: z.object({
      tracks: z
        .array(
          mixInput.extend({
            /** Roles as a trained head heard them, for tracks whose name says nothing. */
            heard: content.shape.roles.optional(),
          }),
        )
        .min(1),
      reference: path.nullable(),
    }),
    output: mixPlan,
  },
  'render-mix': {
    version: 1,
    input: z.object({
      tracks: z.array(mixInput).min(1),
      plan: mixPlan,
      /** Position of the mix on the host timeline, for its `bext` chunk. */
      timeReference: z.number().int().nonnegative().optional(),
    }),
    output: audioFile.extend({ integratedLufs: z.number().nullable(), truePeakDb: z.number().nullable() }),
  },
  /** Min/max/RMS pyramid for drawing. */
  peaks: {
    version: 1,
    input: z.object({ audio: path }),
    output: z.object({ peaks: z.string(), levels: z.number().int().positive() }),
  },
} as const;

export type OperationName = keyof typeof operations;
export type OperationInput<Name extends OperationName> = z.infer<(typeof operations)[Name]['input']>;
export type OperationOutput<Name extends OperationName> = z.infer<(typeof operations)[Name]['output']>;

/** The content of `notes.json`. */
export const notesFile = z.array(note);

export interface OperationProgress {
  /** Work finished and in all, in the operation's own unit (mostly frames of audio). */
  readonly done: number;
  readonly total: number;
  /** A line for the user when something is worth saying: "GPU self-test failed, using the CPU". */
  readonly note?: string;
}

export interface OperationContext {
  /** Aborted on cancel; looked at between chunks, at least once a second or once per model run. */
  readonly signal: AbortSignal;
  /**
   * Where results and checkpoints go. The same operation on the same input gets the same folder again
   * after a crash or a cancel, with whatever was left in it; it is published by a rename when complete,
   * after files that are no results have been removed by the operation.
   */
  readonly directory: string;
  progress(update: OperationProgress): void;
}

export type Operation<Name extends OperationName> = (
  input: OperationInput<Name>,
  context: OperationContext,
) => Promise<OperationOutput<Name>>;
