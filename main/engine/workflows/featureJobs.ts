import type { FeatureLevel } from '../../contracts/features.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { audioOf, fileOf, job, type Job, type Reference } from '../jobs/job.ts';
import { resampleFor } from './audioJobs.ts';

/** The codes of a piece; what is made of them shares this job. */
export const tokeniseJob = (audio: Reference<string>, pack: PackManifest, name: string): Job<'tokenise'> =>
  job(
    'tokenise',
    `Tokenising ${name}`,
    { audio: audioOf(resampleFor(pack, audio, name)), pack: pack.id },
    { pack },
  );

/** The features of one level. */
export const featureJob = (
  tokens: Job<'tokenise'>,
  pack: PackManifest,
  level: FeatureLevel,
  name: string,
): Job<'features'> =>
  job(
    'features',
    `Computing the ${level} features of ${name}`,
    { tokens: fileOf(tokens, 'tokens', (output) => output.tokens), pack: pack.id, level },
    { pack },
  );

/** The features file of a level, as a path for a head's job. */
export const featuresOf = (features: Job<'features'>): Reference<string> =>
  fileOf(features, 'features', (output) => output.features);
