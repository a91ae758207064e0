import { join } from 'node:path';
import { download } from './download.ts';
import { wantedPaths, type Material, type SourceContext } from './material.ts';
import { npmTarball } from './npmTarball.ts';
import { unpackTarball } from './unpackTarball.ts';

/**
 * Brings a pack's raw material to this machine.
 * @throws SoniError `network` | `corrupt` | `not-found` | `no-space` | `denied` | `cancelled`
 */
export async function fetchMaterial(context: SourceContext): Promise<Material> {
  const { source } = context.manifest;
  switch (source.type) {
    case 'file':
      return (from) => join(context.manifestFolder, from);
    case 'npm':
      // npm puts a package's files into one folder, `package/`.
      return await unpacked(await npmTarball(source, context), 1, context);
    case 'https': {
      const file = await download(source, context);
      return /\.(tgz|tar\.gz)$/.test(new URL(source.url).pathname)
        ? await unpacked(file, 0, context)
        : () => file;
    }
  }
}

async function unpacked(archive: string, strip: number, context: SourceContext): Promise<Material> {
  const folder = join(context.folder, 'unpacked');
  await unpackTarball({ ...context, archive, folder, strip, wanted: wantedPaths(context.manifest) });
  return (from) => join(folder, from);
}
