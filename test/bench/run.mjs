// Bundles a benchmark of this folder and runs it: node test/bench/run.mjs NAME ARGUMENTS...
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !/^[a-zA-Z]+$/.test(name)) {
  console.error('Usage: node test/bench/run.mjs NAME ARGUMENTS... (NAME.ts lies in test/bench)');
  process.exit(2);
}
const root = fileURLToPath(new URL('../..', import.meta.url));
// Inside the project, so that the bundle finds its node_modules.
const folder = `${root}/node_modules/.cache/bench`;
mkdirSync(folder, { recursive: true });
const outfile = `${folder}/${name}.mjs`;
await build({
  entryPoints: [`${root}/test/bench/${name}.ts`],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
process.exitCode = spawnSync(process.execPath, [outfile, ...rest], { stdio: 'inherit' }).status ?? 1;
