import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { directories } from '../../platform/directories.ts';
import { fileError } from '../../platform/fileError.ts';
import { knownPacksFolder } from '../installation.ts';
import type { InstalledPack } from './installedPack.ts';
import { sha256File } from './sha256File.ts';

type PackFile = PackManifest['files'][number];

/** What a file looked like when its hash was last found right. */
const stamp = z.object({ sha256: z.string(), bytes: z.number(), mtimeMs: z.number() });

/** Stamps lie in the cache, not in the pack: a pack may be installed read-only. */
const stampPath = (file: string) =>
  join(directories().cache, 'verified', `${createHash('sha256').update(file).digest('hex')}.json`);

function repair({ manifest: { id }, directory }: InstalledPack): string {
  if (directory === join(knownPacksFolder(), id))
    return `It is a part of SoniDesk; install SoniDesk again, or get ${directory} from where you have SoniDesk from.`;
  return `Install it again: sonidesk packs remove ${id}, then sonidesk packs add ${id}`;
}

async function checkSize(pack: InstalledPack, file: PackFile) {
  const path = pack.filePath(file.name);
  const found = await stat(path).catch((thrown: unknown) => {
    const error = fileError(thrown, `read ${path}`);
    if (error.kind !== 'not-found') throw error;
    throw new SoniError(
      'corrupt',
      `The pack ${pack.manifest.id} is damaged: ${file.name} is missing. ${repair(pack)}`,
    );
  });
  if (found.size !== file.bytes) {
    throw new SoniError(
      'corrupt',
      `The pack ${pack.manifest.id} is damaged: ${file.name} has ${found.size} bytes, ${file.bytes} were expected. ${repair(pack)}`,
    );
  }
  return found;
}

async function verifyFile(pack: InstalledPack, file: PackFile, signal?: AbortSignal): Promise<void> {
  const path = pack.filePath(file.name);
  const { size, mtimeMs } = await checkSize(pack, file);
  const sha256 = await sha256File(path, signal);
  if (sha256 !== file.sha256) {
    throw new SoniError(
      'corrupt',
      `The pack ${pack.manifest.id} is damaged: the SHA-256 of ${file.name} is ${sha256}, ${file.sha256} was expected. ${repair(pack)}`,
    );
  }
  await writeStamp(path, { sha256, bytes: size, mtimeMs });
}

const writeStamp = (path: string, found: z.infer<typeof stamp>) =>
  writeFileAtomic(stampPath(path), JSON.stringify(found));

/** Notes that a pack's files are right: their hashes were compared just before they were moved to their place. */
export async function markVerified(pack: InstalledPack): Promise<void> {
  for (const file of pack.manifest.files) {
    const { mtimeMs } = await checkSize(pack, file);
    await writeStamp(pack.filePath(file.name), { sha256: file.sha256, bytes: file.bytes, mtimeMs });
  }
}

/**
 * Hashes every file of a pack and compares with the manifest.
 * @throws SoniError `corrupt`, with the file and both hashes
 */
export async function verifyFiles(pack: InstalledPack, signal?: AbortSignal): Promise<void> {
  for (const file of pack.manifest.files) await verifyFile(pack, file, signal);
}

/** As `verifyFiles`, but a file whose size and time have not changed since it was found right is not read again. */
export async function verifyFilesCheaply(pack: InstalledPack): Promise<void> {
  for (const file of pack.manifest.files) {
    const path = pack.filePath(file.name);
    const { mtimeMs } = await checkSize(pack, file);
    const known = await readFile(stampPath(path), 'utf8')
      .then((text) => stamp.safeParse(JSON.parse(text)).data)
      .catch(() => undefined); // no stamp, or an unreadable one: hash the file
    const unchanged =
      known?.sha256 === file.sha256 && known.bytes === file.bytes && known.mtimeMs === mtimeMs;
    if (!unchanged) await verifyFile(pack, file);
  }
}
