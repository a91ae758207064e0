import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { asSoniError } from '../../contracts/errors.ts';
import { directories } from '../../platform/directories.ts';
import { fileError } from '../../platform/fileError.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** An hour of a stereo song at 48 kHz with four stems is 7 GB of float audio; a song is some 0.5 GB. */
const comfortableBytes = 5e9;

async function folder(name: string, path: string): Promise<Finding> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const found = `${path}, ${(free / 1e9).toFixed(1)} GB free`;
    return free < comfortableBytes
      ? warn(name, found, 'Free some space: stems of a song take about 0.5 GB while they are computed.')
      : ok(name, found);
  } catch (thrown) {
    return fail(
      name,
      asSoniError(fileError(thrown, `write in ${path}`)).message,
      'Make the folder writable, or set SONIDESK_HOME to another one.',
    );
  }
}

export async function storageFindings(): Promise<Finding[]> {
  const { packs, cache, config } = directories();
  return await Promise.all([
    folder('packs folder', packs),
    folder('cache folder', cache),
    folder('settings', config),
  ]);
}
