import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { Content } from '../../contracts/tags.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { Reference, job, type Job } from '../jobs/job.ts';
import type { WorkflowContext } from './context.ts';
import { clipsOf, featureJob, featureSource, featuresOf } from './featureJobs.ts';

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
  features: boolean,
): Promise<ContentPacks | null> {
  const packs = await orNote(context, async () => ({
    head: await context.describePack(headPack),
    features: null,
  }));
  return packs === null || !features ? packs : withFeatures(packs, context);
}

/** The same head on features, or `null` and a word to the user when their pack is not there. */
const withFeatures = ({ head }: ContentPacks, context: WorkflowContext): Promise<ContentPacks | null> =>
  orNote(context, async () => {
    const id = head.model.constants['featuresPack'];
    if (typeof id !== 'string') {
      throw new SoniError('corrupt', `The pack ${head.id} does not name the pack of its features.`);
    }
    return { head, features: await context.describePack(id) };
  });

async function orNote(
  context: WorkflowContext,
  find: () => Promise<ContentPacks>,
): Promise<ContentPacks | null> {
  try {
    return await find();
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (error.kind !== 'not-found') throw error;
    context.note(`Instruments and roles are not heard: ${error.message}`);
    return null;
  }
}

/** Instruments, role, voice and drums of a file. */
export function recogniseJob(
  audio: Reference<string>,
  { head, features: pack }: ContentPacks,
  name: string,
): Job<'recognise'> {
  const source = pack === null ? null : featureSource(audio, pack, name);
  const features =
    source === null
      ? null
      : {
          coarse: featuresOf(featureJob(source, 'coarse')),
          medium: featuresOf(featureJob(source, 'medium')),
          fine: featuresOf(featureJob(source, 'fine')),
          clips: clipsOf(source),
        };
  return job('recognise', `Recognising ${name}`, { audio, pack: head.id, features }, { pack: head });
}

/** The roles that were heard, for the mix. */
export const rolesOf = (recognised: Job<'recognise'>): Reference<Content['roles']> =>
  new Reference(recognised, 'roles', (output) => (output as OperationOutput<'recognise'>).roles);
