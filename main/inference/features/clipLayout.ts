import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { packConstant } from '../packs/packConstant.ts';

/** The clip embeddings of a pack: each is about `window` coarse tokens of audio, every `hop` of them. */
export interface ClipLayout {
  readonly window: number;
  readonly hop: number;
  /** Numbers of an embedding. */
  readonly dimension: number;
  /** Names of the graph's tensors. */
  readonly input: string;
  readonly output: string;
}

/**
 * What a pack of SoniDo says about the condition of its priors.
 * @throws SoniError `corrupt`
 */
export function clipLayout(manifest: PackManifest): ClipLayout {
  const graph = manifest.graphs?.['clip'];
  const input = graph?.inputs[0];
  const output = graph?.outputs[0];
  const window = packConstant(manifest, 'clipWindow');
  const dimension = output?.shape[1];
  const samples = window * packConstant(manifest, 'coarseHop');
  if (input?.shape[2] !== samples || output === undefined || dimension == null) {
    throw new SoniError(
      'corrupt',
      `The pack ${manifest.id} has no clip graph that takes ${samples} samples to an embedding. Get a fitting pack.`,
    );
  }
  return {
    window,
    hop: packConstant(manifest, 'clipHop'),
    dimension,
    input: input.name,
    output: output.name,
  };
}

/** Embeddings of a piece of so many coarse tokens: of full windows, but one of a shorter piece. */
export const clipCount = ({ window, hop }: ClipLayout, tokens: number): number =>
  tokens < window ? 1 : Math.floor((tokens - window) / hop) + 1;

/**
 * The embedding that is the condition of a prior's window: the one whose centre is nearest to the window's, the later
 * of two (`clip_of` in models/training/sonido/clip_grid.py). It follows from the piece alone, however it is cut.
 * @param start the window's first token
 * @param count embeddings of the piece
 */
export function clipOf(
  { window, hop }: Pick<ClipLayout, 'window' | 'hop'>,
  { context, perCoarse }: { readonly context: number; readonly perCoarse: number },
  start: number,
  count: number,
): number {
  const centre = Math.floor((start + context / 2) / perCoarse);
  return Math.min(count - 1, Math.max(0, Math.floor((centre - window / 2 + hop / 2) / hop)));
}
