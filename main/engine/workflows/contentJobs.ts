import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { Content } from '../../contracts/tags.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { Reference, job, type Job } from '../jobs/job.ts';
import type { WorkflowContext } from './context.ts';
import { featureJob, featuresOf, tokeniseJob } from './featureJobs.ts';

/** The pack of our tagging heads, with and without features. */
const headPack = 'sonido-tags';

/** The packs that it takes to hear what is in a file. */
export interface ContentPacks {
  readonly head: PackManifest;
  /** `null`: the head hears mel bands alone. */
  readonly features: PackManifest | null;
}

/** The packs, or `null` and a word to the user when they are not there. */
export async function findContentPacks(
  context: WorkflowContext,
  withFeatures: boolean,
): Promise<ContentPacks | null> {
  try {
    return await contentPacks(context, withFeatures);
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (error.kind !== 'not-found') throw error;
    context.note(`Instruments and roles are not heard: ${error.message}`);
    return null;
  }
}

async function contentPacks(context: WorkflowContext, withFeatures: boolean): Promise<ContentPacks> {
  const head = await context.describePack(headPack);
  const id = head.model.constants['featuresPack'];
  if (!withFeatures) return { head, features: null };
  if (typeof id !== 'string') {
    throw new SoniError('corrupt', `The pack ${head.id} does not name the pack of its features.`);
  }
  return { head, features: await context.describePack(id) };
}

/** Instruments, role, voice and drums of a file. */
export function recogniseJob(
  audio: Reference<string>,
  { head, features: pack }: ContentPacks,
  name: string,
): Job<'recognise'> {
  const tokens = pack === null ? null : tokeniseJob(audio, pack, name);
  const features =
    pack === null || tokens === null
      ? null
      : {
          coarse: featuresOf(featureJob(tokens, pack, 'coarse', name)),
          medium: featuresOf(featureJob(tokens, pack, 'medium', name)),
          fine: featuresOf(featureJob(tokens, pack, 'fine', name)),
        };
  return job('recognise', `Recognising ${name}`, { audio, pack: head.id, features }, { pack: head });
}

/** The roles that were heard, for the mix. */
export const rolesOf = (recognised: Job<'recognise'>): Reference<Content['roles']> =>
  new Reference(recognised, 'roles', (output) => (output as OperationOutput<'recognise'>).roles);

export const contentOf = ({
  instruments,
  roles,
  voice,
  drums,
  withFeatures,
}: OperationOutput<'recognise'>): Content => ({ instruments, roles, voice, drums, withFeatures });
