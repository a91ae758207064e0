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

/**
 * The packs, or `null` when that of the head is not there. Without the features that it was trained on, the head
 * hears mel bands alone.
 * @param tell gets a sentence about what is not there, and what to do
 */
export async function findContentPacks(
  context: WorkflowContext,
  features: boolean,
  tell: (text: string) => void = (text) => context.note(text),
): Promise<ContentPacks | null> {
  const head = await packIfThere(context.describePack(headPack), (why) =>
    tell(`Instruments and roles are not heard: ${why}`),
  );
  if (head === null) return null;
  if (!features) return { head, features: null };
  const pack = await packIfThere(featuresPack(head, context), (why) =>
    tell(`Instruments and roles are heard from mel bands alone: ${why}`),
  );
  return { head, features: pack };
}

/**
 * The pack of the features that the head was trained on. Another version of it is as good as none, and known before
 * anything is computed.
 * @throws SoniError `not-found`, `corrupt` for a head that does not name it
 */
async function featuresPack(head: PackManifest, context: WorkflowContext): Promise<PackManifest> {
  const { featuresPack: id, featuresVersion: version } = head.model.constants;
  if (typeof id !== 'string' || typeof version !== 'string') {
    throw new SoniError('corrupt', `The pack ${head.id} does not name the pack of its features.`);
  }
  const pack = await context.describePack(id);
  if (pack.version !== version) {
    throw new SoniError(
      'not-found',
      `The pack ${id} is there in version ${pack.version}; ${head.id} ${head.version} was trained on version ${version}. Add that version, or remove what was installed in place of SoniDesk's own with: sonidesk packs remove ${id}, or ${head.id}`,
    );
  }
  return pack;
}

/** A pack, or `null` when it is not there. */
async function packIfThere(
  pack: Promise<PackManifest>,
  tellMissing: (why: string) => void,
): Promise<PackManifest | null> {
  try {
    return await pack;
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (error.kind !== 'not-found') throw error;
    tellMissing(error.message);
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
