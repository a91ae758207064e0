// What the packs of our own models have in common.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder of our pack `id`, which is part of the product. */
export const packFolder = (id, packs = join(root, 'models/packs')) => join(packs, id);

/** Weights of our own are under the licence of the product. */
export const licence = {
  id: 'MIT',
  text: `${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n\nThe weights were trained by this project. Their data, with the licence of each part, are in models/cards/sonido-data.md.\n`,
  mustAccept: false,
};

/** Copies weights into pack `id` of the folder `packs`, each `[file in the folder of weights, name in the pack]`; gives what the manifest says of them. */
export function copyWeights(weights, id, names, packs) {
  mkdirSync(packFolder(id, packs), { recursive: true });
  return names.map(([from, name]) => {
    const to = join(packFolder(id, packs), name);
    copyFileSync(join(weights, from), to);
    const bytes = readFileSync(to);
    return { name, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  });
}

/** Writes the manifest into the folder of its pack and says what the pack holds. */
export function writeManifest(manifest, packs) {
  const folder = packFolder(manifest.id, packs);
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(`${folder}: ${manifest.files.map(({ name, bytes }) => `${name} ${bytes} bytes`).join(', ')}`);
}
