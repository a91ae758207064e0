import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SoniError } from '../contracts/errors.ts';

/**
 * The folder the program is installed in: the nearest one above this code that holds `models/packs`.
 * Found the same way from the sources and from the bundles in dist/.
 */
function installationFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'models', 'packs'))) return folder;
    if (dirname(folder) === folder) {
      throw new SoniError(
        'corrupt',
        `The installation is incomplete: no models/packs folder above ${start}. Install SoniDesk again.`,
      );
    }
  }
}

/**
 * The folder with a folder per known pack, its manifest and (for bundled packs) its files. In the packaged app they lie
 * beside the archive: the runtime of the models opens files by itself and cannot look into it.
 */
export function knownPacksFolder(): string {
  const folder = join(installationFolder(), 'models', 'packs');
  const beside = folder.replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked');
  return existsSync(beside) ? beside : folder;
}

/** The built inference host, started for work and for the self-test of a provider. */
export const inferenceHostProgram = (): string => join(installationFolder(), 'dist', 'inference-host.js');
