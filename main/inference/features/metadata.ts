import type { FeatureTensor } from '../../contracts/features.ts';
import type { PackManifest } from '../../contracts/pack.ts';

/**
 * What a features file says about itself, for whoever opens it without us: everything is text, as the format has it.
 * @param frames samples of the audio at the model's rate
 */
export const featureMetadata = (
  { id, version, model }: PackManifest,
  frames: number,
  tensors: readonly FeatureTensor[],
): Record<string, string> => ({
  pack: id,
  pack_version: version,
  sample_rate: String(model.sampleRate),
  samples: String(frames),
  ...Object.fromEntries(
    tensors.flatMap(({ name, hop, window, frameRate, layer, shape }) => [
      [`${name}.hop`, String(hop)],
      [`${name}.rate_hz`, String(frameRate)],
      [`${name}.shape`, JSON.stringify(shape)],
      [`${name}.delay_frames`, '0'],
      ...(layer === null ? [] : [[`${name}.layer`, String(layer)]]),
      ...(window === undefined ? [] : [[`${name}.window`, String(window)]]),
    ]),
  ),
});
