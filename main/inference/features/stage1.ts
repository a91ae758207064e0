import type { AudioReader } from '../../audio/audioStream.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { Model } from '../onnx/model.ts';
import { readAudio } from './readAudio.ts';
import type { SonidoLayout } from './sonidoLayout.ts';

/** Coarse tokens of the audio, and how they are cut into runs of stage 1. */
export interface TokenPlan {
  readonly tokens: number;
  /** Coarse tokens that one run gives. */
  readonly chunk: number;
  readonly count: number;
}

export function planTokens(layout: SonidoLayout, frames: number): TokenPlan {
  const tokens = Math.ceil(frames / layout.hop);
  const chunk = Math.max(1, layout.windowTokens - 2 * layout.contextTokens);
  return { tokens, chunk, count: Math.ceil(tokens / chunk) };
}

/**
 * Codes of one chunk, per level, coarse to fine: [level][tokens]. The encoder hears the audio around the chunk as
 * far as it sees, and at the ends of the piece the same as when it gets the whole: so how a piece is cut changes
 * nothing but rounding.
 */
export async function tokensOfChunk(
  model: Pick<Model, 'run'>,
  tensors: Pick<PackManifest['model'], 'inputs' | 'outputs'>,
  layout: SonidoLayout,
  audio: AudioReader,
  index: number,
): Promise<Float32Array[]> {
  const { tokens, chunk } = planTokens(layout, audio.frames);
  const start = index * chunk;
  const end = Math.min(tokens, start + chunk);
  const low = Math.max(0, start - layout.contextTokens);
  const high = Math.min(tokens, end + layout.contextTokens);
  const samples = (high - low) * layout.hop;
  const data = await readAudio(audio, low * layout.hop, samples);
  const results = await model.run({
    [tensors.inputs[0]!.name]: { data, dims: [1, audio.channels, samples] },
  });
  return layout.levels.map(({ hop }, level) => {
    const perCoarse = layout.hop / hop;
    return results[tensors.outputs[level]!.name]!.data.slice(
      (start - low) * perCoarse,
      (end - low) * perCoarse,
    );
  });
}
