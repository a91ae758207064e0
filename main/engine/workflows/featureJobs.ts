import type { FeatureLevel } from '../../contracts/features.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { audioOf, fileOf, job, type Job, type Reference } from '../jobs/job.ts';
import { resampleFor } from './audioJobs.ts';

/** What the features of a piece are made of; all levels and heads share these jobs. */
export interface FeatureSource {
  readonly pack: PackManifest;
  readonly name: string;
  readonly tokens: Job<'tokenise'>;
  /** The condition of the priors. */
  readonly clips: Job<'embed-clips'>;
}

export function featureSource(audio: Reference<string>, pack: PackManifest, name: string): FeatureSource {
  const input = { audio: audioOf(resampleFor(pack, audio, name)), pack: pack.id };
  return {
    pack,
    name,
    tokens: job('tokenise', `Tokenising ${name}`, input, { pack }),
    clips: job('embed-clips', `Embedding clips of ${name}`, input, { pack }),
  };
}

/** The features of one level. */
export const featureJob = (
  { pack, name, tokens, clips }: FeatureSource,
  level: FeatureLevel,
): Job<'features'> =>
  job(
    'features',
    `Computing the ${level} features of ${name}`,
    {
      tokens: fileOf(tokens, 'tokens', (output) => output.tokens),
      clips: clipsOf({ clips }),
      pack: pack.id,
      level,
    },
    { pack },
  );

/** The file of the clip embeddings, as a path for the jobs that take them. */
export const clipsOf = ({ clips }: Pick<FeatureSource, 'clips'>): Reference<string> =>
  fileOf(clips, 'clips', (output) => output.clips);

/** The features file of a level, as a path for a head's job. */
export const featuresOf = (features: Job<'features'>): Reference<string> =>
  fileOf(features, 'features', (output) => output.features);
