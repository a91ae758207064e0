// Bundles the programs that run as their own process into dist/, dependencies left outside. What a program
// imports late lies in chunks beside it, so that it starts at once and holds only what it uses.
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Program -> entry file. */
const programs = {
  sonidesk: 'main/cli/main.ts',
  demo: 'main/cli/demo/main.ts',
  'inference-host': 'main/inference/main.ts',
};

/** Chunks of an earlier build; a program that was started from it may still want them for a while. */
const staleAfterMs = 60 * 60 * 1000;

async function removeStaleChunks(outputs) {
  const folder = join(root, 'dist');
  const current = new Set(Object.keys(outputs).map((output) => basename(output)));
  for (const name of await readdir(folder)) {
    if (!name.startsWith('chunk-') || current.has(name)) continue;
    const { mtimeMs } = await stat(join(folder, name));
    if (Date.now() - mtimeMs > staleAfterMs) await rm(join(folder, name), { force: true });
  }
}

export async function build() {
  const esbuild = await import('esbuild');
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(programs).filter(([, entry]) => existsSync(`${root}/${entry}`)),
    ),
    outdir: 'dist',
    bundle: true,
    splitting: true,
    // Beside the programs: code finds the other programs relative to itself.
    chunkNames: 'chunk-[hash]',
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'warning',
  });
  await removeStaleChunks(metafile.outputs);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
