import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest, PackTask } from '../../contracts/pack.ts';
import { directories } from '../../platform/directories.ts';
import { fileError } from '../../platform/fileError.ts';
import { knownPacksFolder } from '../installation.ts';
import { installedPack, type InstalledPack } from './installedPack.ts';
import { licenceAccepted, licenceRequired } from './licences.ts';
import { readManifest } from './manifest.ts';
import { requireTask } from './requireTask.ts';

const manifestName = 'manifest.json';

/** Where a pack is installed, whether it is there or not. */
export const packFolder = (id: string): string => join(directories().packs, id);

/** Our own packs lie complete in the installation and are used where they are. */
const isBundled = (manifest: PackManifest, folder: string): boolean =>
  manifest.source.type === 'file' &&
  manifest.convert === 'none' &&
  manifest.files.every((file) => existsSync(join(folder, file.name)));

/** The manifest that comes with SoniDesk for this id; undefined when it knows no such pack. */
export async function knownManifest(id: string): Promise<PackManifest | undefined> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return undefined;
  const path = join(knownPacksFolder(), id, manifestName);
  return existsSync(path) ? await readManifest(path) : undefined;
}

/** The pack as it lies on disk, its licence not looked at; undefined when it is not there. */
export async function packOnDisk(id: string): Promise<InstalledPack | undefined> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return undefined;
  const installed = packFolder(id);
  if (existsSync(join(installed, manifestName))) {
    return installedPack(await readManifest(join(installed, manifestName)), installed);
  }
  const known = join(knownPacksFolder(), id);
  const manifest = await knownManifest(id);
  return manifest !== undefined && isBundled(manifest, known) ? installedPack(manifest, known) : undefined;
}

/**
 * An installed pack, ready to be loaded; with a task only one that is for it, and nobody is asked to install another.
 * @throws SoniError `bad-usage` (another task) | `not-found` (with the command that installs it) | `licence-required` | `newer-format` | `corrupt`
 */
export async function findPack(id: string, task?: PackTask): Promise<InstalledPack> {
  const pack = await packOnDisk(id);
  const manifest = pack?.manifest ?? (await knownManifest(id));
  if (manifest !== undefined && task !== undefined) requireTask(manifest, task);
  if (pack !== undefined) {
    if (!(await licenceAccepted(pack.manifest))) throw licenceRequired(pack.manifest);
    return pack;
  }
  if (manifest === undefined) {
    const ids = (await listPacks()).map((entry) => entry.id);
    throw new SoniError(
      'not-found',
      `There is no pack "${id}". Known packs: ${ids.join(', ') || 'none'}. See: sonidesk packs list`,
    );
  }
  const flag = manifest.licence.mustAccept ? ' --accept-licence' : '';
  throw new SoniError(
    'not-found',
    `The pack ${id} (${manifest.name}) is not installed. Install it with: sonidesk packs add ${id}${flag}`,
    { pack: id, licence: manifest.licence.id, mustAccept: manifest.licence.mustAccept },
  );
}

/** A line of `sonidesk packs list`. */
export interface PackListEntry {
  readonly id: string;
  /** Null when the manifest cannot be read; `problem` says why. */
  readonly manifest: PackManifest | null;
  readonly installed: boolean;
  readonly licenceAccepted: boolean;
  readonly problem: string | null;
}

async function folderNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, manifestName)))
      .map((entry) => entry.name);
  } catch (thrown) {
    const error = fileError(thrown, `list ${folder}`);
    if (error.kind === 'not-found') return [];
    throw error;
  }
}

/** Every pack that SoniDesk knows or that is installed, ordered by id. A damaged one is listed with its problem. */
export async function listPacks(): Promise<PackListEntry[]> {
  const names = new Set([
    ...(await folderNames(knownPacksFolder())),
    ...(await folderNames(directories().packs)),
  ]);
  const ids = [...names].filter((name) => !name.endsWith('.partial')).sort();
  return await Promise.all(ids.map(listEntry));
}

async function listEntry(id: string): Promise<PackListEntry> {
  try {
    const pack = await packOnDisk(id);
    const manifest = pack?.manifest ?? (await knownManifest(id)) ?? null;
    return {
      id,
      manifest,
      installed: pack !== undefined,
      licenceAccepted: manifest !== null && (await licenceAccepted(manifest)),
      problem: null,
    };
  } catch (thrown) {
    return {
      id,
      manifest: null,
      installed: false,
      licenceAccepted: false,
      problem: asSoniError(thrown).message,
    };
  }
}
