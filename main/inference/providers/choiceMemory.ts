import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { env } from 'onnxruntime-node';
import { z } from 'zod';
import { providerReport } from '../../contracts/inferenceHost.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { directories } from '../../platform/directories.ts';
import type { InstalledPack } from '../packs/installedPack.ts';

/** The provider for a pack and how it was found. */
const providerChoice = z.object({ chosen: z.string(), reports: z.array(providerReport) });
export type ProviderChoice = z.infer<typeof providerChoice>;

/** All that a measured choice depends on: when any of it changes, the test is done again. */
function memoryPath(pack: InstalledPack, offered: readonly string[]): string {
  const { manifest } = pack;
  const basis = [
    manifest.id,
    manifest.version,
    manifest.files.map(({ sha256 }) => sha256),
    env.versions.node,
    [platform(), arch(), release(), cpus()[0]?.model, cpus().length, totalmem()],
    offered,
    [process.env['VK_DRIVER_FILES'], process.env['VK_ICD_FILENAMES']],
  ];
  const key = createHash('sha256').update(JSON.stringify(basis)).digest('hex').slice(0, 32);
  return join(directories().cache, 'providers', `${manifest.id}-${key}.json`);
}

/** The remembered choice; undefined when there is none (or none that can be read). */
export async function recallChoice(
  pack: InstalledPack,
  offered: readonly string[],
): Promise<ProviderChoice | undefined> {
  const text = await readFile(memoryPath(pack, offered), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return providerChoice.parse(JSON.parse(text));
  } catch {
    await rm(memoryPath(pack, offered), { force: true });
    return undefined; // damaged; it is only a cache
  }
}

export const rememberChoice = (
  pack: InstalledPack,
  offered: readonly string[],
  choice: ProviderChoice,
): Promise<void> => writeFileAtomic(memoryPath(pack, offered), `${JSON.stringify(choice, null, 2)}\n`);
