import { SoniError } from '../../contracts/errors.ts';
import { featureLevels, type FeatureLevel, type FeatureTensor } from '../../contracts/features.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { Hertz, Samples } from '../../contracts/units.ts';
import { packConstant } from '../packs/packConstant.ts';
import { clipCount, clipLayout, type ClipLayout } from './clipLayout.ts';

/** One token level of a SoniDo pack. */
export interface LevelLayout {
  readonly level: FeatureLevel;
  /** Samples of a token. */
  readonly hop: Samples;
  /** Number of codes; this number stands for a token that is left out. */
  readonly codes: number;
  /** Tokens that the prior sees at a time. */
  readonly context: number;
  /** Numbers of a feature. */
  readonly width: number;
  /** Transformer layers before the feature. */
  readonly layer: number;
  /** Tokens of the level in a coarse one. */
  readonly perCoarse: number;
  /** The level above, whose tokens the prior sees too. */
  readonly upper: LevelLayout | null;
  /** Names of the graph's tensors: own tokens, those of the level above, clip embedding. */
  readonly inputs: readonly string[];
  readonly output: string;
}

export interface SonidoLayout {
  readonly sampleRate: Hertz;
  readonly channels: number;
  /** Samples of a coarse token, into which the audio is cut. */
  readonly hop: Samples;
  /** Coarse tokens of audio that one run of stage 1 takes, those at its sides included... */
  readonly windowTokens: number;
  /** ... of which so many at either side are only heard: more than the encoder sees. */
  readonly contextTokens: number;
  /** Windows of tokens that one run of stage 2 takes. */
  readonly batch: number;
  readonly levels: readonly LevelLayout[];
  /** The condition of the priors. */
  readonly clip: ClipLayout;
}

/**
 * What a pack of SoniDo says about itself.
 * @throws SoniError `unsupported` when it is another kind of pack, `corrupt`
 */
export function sonidoLayout(manifest: PackManifest): SonidoLayout {
  const { model } = manifest;
  if (model.adapter !== 'sonido') {
    throw new SoniError(
      'unsupported',
      `The pack ${manifest.id} is for ${manifest.tasks.join(', ')}; features need a pack made for them, such as sonido-s.`,
    );
  }
  const clip = clipLayout(manifest);
  const levels: LevelLayout[] = [];
  for (const level of featureLevels) {
    const graph = manifest.graphs?.[level];
    const context = graph?.inputs[0]?.shape[1];
    const width = graph?.outputs[0]?.shape[2];
    const upper = levels.at(-1) ?? null;
    if (graph?.inputs.length !== (upper === null ? 2 : 3) || context == null || width == null) {
      throw new SoniError(
        'corrupt',
        `The pack ${manifest.id} has no usable graph for the ${level} level. Get a fitting pack.`,
      );
    }
    const hop = packConstant(manifest, `${level}Hop`);
    levels.push({
      level,
      hop,
      perCoarse: (levels[0]?.hop ?? hop) / hop,
      codes: packConstant(manifest, `${level}Codes`),
      layer: packConstant(manifest, `${level}Layer`),
      context,
      width,
      upper,
      inputs: graph.inputs.map(({ name }) => name),
      output: graph.outputs[0]!.name,
    });
  }
  const { hop } = levels[0]!;
  return {
    sampleRate: model.sampleRate,
    channels: model.channels,
    hop,
    windowTokens: model.windowSamples / hop,
    contextTokens: packConstant(manifest, 'contextTokens'),
    batch: model.maxBatch,
    levels,
    clip,
  };
}

/** @throws SoniError `internal` for a level that there is not */
export function levelOf({ levels }: SonidoLayout, level: FeatureLevel): LevelLayout {
  const found = levels.find((each) => each.level === level);
  if (found === undefined) throw new SoniError('internal', `There is no level "${level}".`);
  return found;
}

/** Tokens of a level for audio of so many samples: whole coarse tokens, the last filled with silence. */
export const tokenCount = (layout: SonidoLayout, { hop }: LevelLayout, frames: Samples): number =>
  Math.ceil(frames / layout.hop) * (layout.hop / hop);

export const tokensTensor = (layout: SonidoLayout, level: LevelLayout, count: number): FeatureTensor => ({
  name: `tokens.${level.level}`,
  dtype: 'I16',
  shape: [count],
  level: level.level,
  hop: level.hop,
  frameRate: layout.sampleRate / level.hop,
  layer: null,
});

/** @param count coarse tokens of the piece */
export const clipTensor = ({ clip, ...layout }: SonidoLayout, count: number): FeatureTensor => ({
  name: 'clip',
  dtype: 'F32',
  shape: [clipCount(clip, count), clip.dimension],
  level: null,
  hop: clip.hop * layout.hop,
  window: clip.window * layout.hop,
  frameRate: layout.sampleRate / (clip.hop * layout.hop),
  layer: null,
});

export const featuresTensor = (layout: SonidoLayout, level: LevelLayout, count: number): FeatureTensor => ({
  name: `features.${level.level}`,
  dtype: 'F16',
  shape: [count, level.width],
  level: level.level,
  hop: level.hop,
  frameRate: layout.sampleRate / level.hop,
  layer: level.layer,
});
