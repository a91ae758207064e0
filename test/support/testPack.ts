import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packFormat, type PackManifest } from '../../main/contracts/pack.ts';

/** What a pack made for a test is about; the rest of its manifest says little. */
export type TestPackFacts = Pick<PackManifest, 'id' | 'tasks' | 'stems' | 'model'>;

/** The manifest of a pack of one graph, under a licence that asks nothing. */
export const testManifest = (graph: Uint8Array, facts: TestPackFacts): PackManifest => ({
  format: packFormat,
  version: '1.0.0',
  name: facts.id,
  summary: 'For tests.',
  licence: { id: 'MIT', text: 'Do what you like.', mustAccept: false },
  source: { type: 'file' },
  convert: 'none',
  files: [
    {
      name: facts.model.file,
      sha256: createHash('sha256').update(graph).digest('hex'),
      bytes: graph.length,
    },
  ],
  ...facts,
});

/** A folder with a manifest (a wrong one too) and, unless it is to be missing, the graph. */
export async function writePack(
  folder: string,
  manifest: unknown,
  graph?: { readonly name: string; readonly bytes: Uint8Array },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  if (graph !== undefined) await writeFile(join(folder, graph.name), graph.bytes);
  return folder;
}

/** Installs a pack of one graph among `packs`. @returns its id */
export async function installTestPack(
  packs: string,
  graph: Uint8Array,
  facts: TestPackFacts,
): Promise<string> {
  const manifest = testManifest(graph, facts);
  await writePack(join(packs, facts.id), manifest, { name: facts.model.file, bytes: graph });
  return facts.id;
}
