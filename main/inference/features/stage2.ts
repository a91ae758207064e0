import type { Model } from '../onnx/model.ts';
import type { TensorValues } from '../onnx/runSession.ts';
import { clipOf, type ClipLayout } from './clipLayout.ts';
import type { LevelLayout } from './sonidoLayout.ts';

/**
 * Windows of a prior: they start at every half of its context, the first gives the features of all its frames and
 * each later one those that have seen at least half a context of past. The state after the last token of a window is
 * the feature of the frame before (it would need one more position), hence the ones.
 */
export const windowCount = ({ context }: LevelLayout, tokens: number): number =>
  tokens === 0 ? 0 : 1 + Math.ceil(Math.max(0, tokens - (context - 1)) / (context / 2));

/** Frames that window `index` gives, the first and the one after the last. */
export function framesOf(
  { context }: LevelLayout,
  tokens: number,
  index: number,
): { first: number; end: number } {
  const half = context / 2;
  const first = index === 0 ? 0 : (index + 1) * half - 1;
  return { first, end: Math.min(tokens, (index + 2) * half - 1) };
}

/** Gives tokens of a level: from `start` on, as many as there are of `count`. */
export type TokenSource = (level: LevelLayout, start: number, count: number) => Promise<Float32Array>;

/** The clip embeddings of a piece, from which each window takes one. */
export interface ClipSource {
  readonly layout: ClipLayout;
  readonly count: number;
  /** [dimension] */
  embedding(index: number): Promise<Float32Array>;
}

/** What the windows of a piece are made of. */
export interface PieceSource {
  readonly tokens: TokenSource;
  readonly clips: ClipSource;
}

/** [count]: tokens from `start` on; beyond the end of the piece stands the one that is left out. */
async function padded(source: TokenSource, level: LevelLayout, start: number, count: number) {
  const window = new Float32Array(count).fill(level.codes);
  window.set(await source(level, start, count));
  return window;
}

/** Features of `count` windows from window `first` on, one after the other: [frames * width]. */
export async function featuresOfWindows(
  model: Pick<Model, 'run'>,
  level: LevelLayout,
  source: PieceSource,
  tokens: number,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<Float32Array> {
  const { context, width, upper } = level;
  const ratio = upper === null ? 1 : upper.hop / level.hop;
  const own = new Float32Array(count * context);
  const above = new Float32Array(upper === null ? 0 : count * (context / ratio));
  const { dimension } = source.clips.layout;
  const clips = new Float32Array(count * dimension);
  for (let window = 0; window < count; window++) {
    const start = ((first + window) * context) / 2;
    own.set(await padded(source.tokens, level, start, context), window * context);
    const clip = clipOf(source.clips.layout, level, start, source.clips.count);
    clips.set(await source.clips.embedding(clip), window * dimension);
    if (upper === null) continue;
    const size = context / ratio;
    above.set(await padded(source.tokens, upper, start / ratio, size), window * size);
  }
  const [ownName, aboveName] = level.inputs;
  const inputs: TensorValues = {
    [ownName!]: { data: own, dims: [count, context] },
    [level.inputs.at(-1)!]: { data: clips, dims: [count, dimension] },
  };
  if (upper !== null) inputs[aboveName!] = { data: above, dims: [count, context / ratio] };
  const { data, dims } = (await model.run(inputs))[level.output]!;
  const rows = dims[1]!;

  const begin = framesOf(level, tokens, first).first;
  const { end } = framesOf(level, tokens, first + count - 1);
  const features = new Float32Array((end - begin) * width);
  for (let window = 0; window < count; window++) {
    const frames = framesOf(level, tokens, first + window);
    const origin = ((first + window) * context) / 2;
    const from = (window * rows + frames.first - origin) * width;
    features.set(
      data.subarray(from, from + (frames.end - frames.first) * width),
      (frames.first - begin) * width,
    );
  }
  return features;
}
