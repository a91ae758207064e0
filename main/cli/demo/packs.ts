import { asSoniError } from '../../contracts/errors.ts';
import { knownManifest, packOnDisk } from '../../inference/packs/findPack.ts';
import { licenceAccepted } from '../../inference/packs/licences.ts';
import type { CommandContext } from '../commandContext.ts';
import { preparePack } from '../packAccess.ts';

const ready = async (id: string): Promise<boolean> => {
  const pack = await packOnDisk(id);
  return pack !== undefined && (await licenceAccepted(pack.manifest));
};

/** Installs a pack for the demo; without network (or with a no) the demo goes on without it. */
async function offer(id: string, acceptLicence: boolean, context: CommandContext): Promise<boolean> {
  try {
    await preparePack(id, { acceptLicence, quiet: false }, context);
    return await ready(id);
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (context.signal.aborted) throw error;
    context.say(`Going on without ${id}: ${error.message}`);
    return false;
  }
}

/** Basic Pitch is free software (Apache-2.0) and small: installed without asking. */
export const offerBasicPitch = async (offline: boolean, context: CommandContext): Promise<boolean> =>
  (await ready('basic-pitch')) || (!offline && (await offer('basic-pitch', true, context)));

/**
 * HTDemucs' weights are for personal and research use. At a terminal the user is asked; elsewhere running the
 * demo is the consent, said in a line of its own, and `--without-htdemucs` is the way to withhold it.
 */
export async function offerHtdemucs(offline: boolean, context: CommandContext): Promise<boolean> {
  if (await ready('htdemucs')) return true;
  if (offline) return false;
  const manifest = await knownManifest('htdemucs');
  if (manifest === undefined) return false;
  const asked = process.stdin.isTTY && process.stderr.isTTY;
  if (!asked)
    context.say(
      `Separation uses ${manifest.name} under its own licence (${manifest.licence.id}), shown here; by running the demo without --without-htdemucs you accept it.`,
    );
  return await offer('htdemucs', !asked, context);
}
