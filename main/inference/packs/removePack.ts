import { rename, rm } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { knownManifest, packFolder, packOnDisk } from './findPack.ts';

/**
 * Deletes an installed pack, a damaged one too. That its licence was accepted stays on record.
 * @throws SoniError `not-found` | `unsupported` for a pack that is a part of SoniDesk itself | `denied`
 */
export async function removePack(id: string): Promise<void> {
  // Only a plain id names a folder of ours.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) throw await notInstalled(id);
  const folder = packFolder(id);
  const doomed = `${folder}.old.${process.pid}.partial`;
  try {
    await rename(folder, doomed);
    await rm(doomed, { recursive: true });
  } catch (thrown) {
    const error = fileError(thrown, `remove ${folder}`);
    throw error.kind === 'not-found' ? await notInstalled(id) : error;
  }
}

async function notInstalled(id: string): Promise<SoniError> {
  if ((await packOnDisk(id)) !== undefined) {
    return new SoniError('unsupported', `The pack ${id} is a part of SoniDesk and cannot be removed.`);
  }
  const known = (await knownManifest(id)) !== undefined;
  return new SoniError(
    'not-found',
    `The pack "${id}" is ${known ? 'not installed' : 'unknown'}; nothing was removed.`,
  );
}
