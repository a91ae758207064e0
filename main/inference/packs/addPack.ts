import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';
import { convertTfjsGraph } from '../convert/convertTfjsGraph.ts';
import { knownPacksFolder } from '../installation.ts';
import { checkGraph } from './checkGraph.ts';
import { knownManifest, listPacks, packFolder } from './findPack.ts';
import { installedPack, type InstalledPack } from './installedPack.ts';
import { licenceAccepted, licenceRequired, recordAcceptance } from './licences.ts';
import { readManifest } from './manifest.ts';
import { fetchMaterial } from './sources/fetchMaterial.ts';
import type { Material, PackProgress } from './sources/material.ts';
import { stage } from './stagingFolder.ts';
import { markVerified, verifyFiles } from './verification.ts';

export interface AddPackOptions {
  /** The user has seen and accepted the licence text. */
  readonly acceptLicence: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PackProgress) => void;
}

/**
 * Installs a pack: by the id of one that SoniDesk knows, or by the path of a `manifest.json` or of the folder
 * that holds it. Every file's SHA-256 and the graph's tensors are checked before it appears.
 * @throws SoniError `not-found` | `licence-required` (the text is in `detail.text`) | `network` | `corrupt` |
 *   `newer-format` | `no-space` | `denied` | `cancelled`
 */
export async function addPack(idOrFile: string, options: AddPackOptions): Promise<InstalledPack> {
  const { manifest, manifestFolder } = await locate(idOrFile);
  if (!(await licenceAccepted(manifest))) {
    if (!options.acceptLicence) throw licenceRequired(manifest);
    await recordAcceptance(manifest);
  }
  const signal = options.signal ?? new AbortController().signal;
  const onProgress = options.onProgress ?? (() => undefined);
  const target = packFolder(manifest.id);
  await stage(target, neededBytes(manifest), async (folder) => {
    const work = join(folder, '.work');
    await mkdir(work);
    const material = await fetchMaterial({ manifest, manifestFolder, folder: work, signal, onProgress });
    onProgress({ step: manifest.convert === 'none' ? 'verify' : 'convert', done: 0, total: null });
    for (const file of manifest.files) await placeFile(manifest, file, material, { folder, work });
    await rm(work, { recursive: true });
    signal.throwIfAborted();
    await verifyFiles(installedPack(manifest, folder), signal);
    await checkGraph(installedPack(manifest, folder));
    signal.throwIfAborted();
    await writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  });
  const pack = installedPack(manifest, target);
  await markVerified(pack);
  return pack;
}

/** The manifest that is meant, and the folder that its `file` source is relative to. */
async function locate(idOrFile: string): Promise<{ manifest: PackManifest; manifestFolder: string }> {
  const known = await knownManifest(idOrFile);
  if (known !== undefined) return { manifest: known, manifestFolder: join(knownPacksFolder(), idOrFile) };
  const found = await stat(idOrFile).catch(() => undefined);
  if (found === undefined) {
    const ids = (await listPacks()).map((entry) => entry.id).join(', ');
    throw new SoniError(
      'not-found',
      `"${idOrFile}" is neither a known pack (${ids}) nor a manifest file or folder. See: sonidesk packs list`,
    );
  }
  const path = found.isDirectory() ? join(idOrFile, 'manifest.json') : idOrFile;
  return { manifest: await readManifest(path), manifestFolder: dirname(path) };
}

/** Room for the download (npm keeps a second copy until it is done) and for the files. */
const neededBytes = (manifest: PackManifest): number =>
  ('bytes' in manifest.source ? 2 * manifest.source.bytes : 0) +
  manifest.files.reduce((sum, file) => sum + file.bytes, 0);

/** Brings one file from the raw material to its place in the pack. */
async function placeFile(
  manifest: PackManifest,
  file: PackManifest['files'][number],
  material: Material,
  { folder, work }: { folder: string; work: string },
): Promise<void> {
  const from = material(file.from ?? file.name);
  const to = join(folder, file.name);
  await stat(from).catch((thrown: unknown) => {
    const error = fileError(thrown, `read ${from}`);
    if (error.kind !== 'not-found') throw error;
    throw new SoniError(
      'corrupt',
      `The source of the pack ${manifest.id} does not hold ${file.from ?? basename(from)}. Get the pack again.`,
    );
  });
  switch (manifest.convert) {
    case 'none':
      // What was made for this installation is moved, the user's own file (or mirror) is copied.
      await (from.startsWith(work) ? rename(from, to) : copyFile(from, to));
      return;
    case 'tfjs-graph-to-onnx':
      await convertTfjsGraph(from, to);
      return;
  }
}
