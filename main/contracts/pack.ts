import { z } from 'zod';

/** The manifest format that this version reads; a higher number is refused as `newer-format`. */
export const packFormat = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a pack's raw material comes from. */
export const packSource = z.discriminatedUnion('type', [
  /** Files that lie beside the manifest. */
  z.object({ type: z.literal('file') }),
  /** A tarball of an npm package, fetched with the npm client the user has; its dependencies and scripts are not touched. */
  z.object({
    type: z.literal('npm'),
    package: z.string(),
    version: z.string(),
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

/** A model pack: what it is, under which terms, what it computes and how to feed it. */
export const packManifest = z.object({
  format: z.literal(packFormat),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  version: z.string(),
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
      /** Name inside the installed pack. */
      name: z.string(),
      /** Path inside the source; equal to `name` for `file`, ignored for `https`. */
      from: z.string().optional(),
      sha256,
      bytes: z.number().int().positive(),
    }),
  ),
  tasks: z.array(z.enum(['separate', 'transcribe', 'features', 'tag', 'mix'])).min(1),
  model: z.object({
    file: z.string(),
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
  /** Names of the separated stems in the order of the output tensor. */
  stems: z.array(z.string()).optional(),
});
export type PackManifest = z.infer<typeof packManifest>;
