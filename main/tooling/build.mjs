// Bundles the programs that run as their own process into dist/, dependencies left outside. What a program
// imports late lies in chunks beside it, so that it starts at once and holds only what it uses. The window is
// built beside them when something of it has changed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Program -> entry file. */
const programs = {
  sonidesk: 'main/cli/main.ts',
  demo: 'main/cli/demo/main.ts',
  'inference-host': 'main/inference/main.ts',
  app: 'main/app/main.ts',
  'desk-process': 'main/app/deskProcess.ts',
};

/** How long chunks of an earlier build stay: a program that was started from it imports them late. */
const staleAfterMs = 60 * 60 * 1000;
/** Chunk -> when it was first left out of a build, in ms since 1970. The packaged app goes without these. */
const supersededFile = join(root, 'dist', 'superseded.json');

async function removeStaleChunks(outputs) {
  const folder = join(root, 'dist');
  const current = new Set(Object.keys(outputs).map((output) => basename(output)));
  const known = existsSync(supersededFile) ? JSON.parse(readFileSync(supersededFile, 'utf8')) : {};
  const superseded = {};
  for (const name of await readdir(folder)) {
    if (!name.startsWith('chunk-') || current.has(name)) continue;
    const since = known[name] ?? Date.now();
    if (Date.now() - since > staleAfterMs) await rm(join(folder, name), { force: true });
    else superseded[name] = since;
  }
  await writeBeside(supersededFile, JSON.stringify(superseded));
}

/** What the window is made of. */
const windowSources = [
  'main/tooling/build.mjs',
  'renderer',
  'vite.config.ts',
  'package-lock.json',
  'main/contracts',
  'main/rpc',
  'main/audio/strip',
  'main/audio/peaks',
  'main/midi',
];

async function windowStamp() {
  const hash = createHash('sha256');
  for (const source of windowSources) {
    const path = join(root, source);
    const entries = (await stat(path)).isDirectory()
      ? (await readdir(path, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
      : [path];
    for (const file of entries) hash.update(relative(root, file)).update(readFileSync(file));
  }
  return hash.digest('hex');
}

async function buildWindow() {
  const stampFile = join(root, 'dist', 'renderer', 'stamp');
  const stamp = await windowStamp();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  const vite = await import('vite');
  // Test runners set it to theirs, and React would be built for development.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await vite.build({ configFile: join(root, 'vite.config.ts') });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
  await writeFile(stampFile, stamp);
}

/** Programs may be running from the folder: what has changed is renamed into place, a program after what it imports. */
async function writeOutputs(files) {
  const isChunk = ({ path }) => basename(path).startsWith('chunk-');
  for (const { path, contents } of [...files.filter(isChunk), ...files.filter((file) => !isChunk(file))]) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeBeside(path, contents);
  }
}

async function writeBeside(path, contents) {
  // Test runs may build at the same time.
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, contents);
  await rename(beside, path);
}

export async function build() {
  const esbuild = await import('esbuild');
  const programsBuilt = await esbuild.build({
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
    write: false,
    logLevel: 'warning',
  });
  // A sandboxed preload script is one CommonJS file.
  const preloadBuilt = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { preload: 'main/app/preload.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    external: ['electron'],
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    write: false,
    logLevel: 'warning',
  });
  await writeOutputs([...programsBuilt.outputFiles, ...preloadBuilt.outputFiles]);
  await removeStaleChunks(programsBuilt.metafile.outputs);
  await buildWindow();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
