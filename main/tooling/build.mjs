// Bundles the programs that run as their own process into dist/: one file each, dependencies left outside.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Program -> entry file. */
const programs = {
  sonidesk: 'main/cli/main.ts',
  demo: 'main/cli/demo/main.ts',
  'inference-host': 'main/inference/main.ts',
};

export async function build() {
  const esbuild = await import('esbuild');
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      Object.entries(programs).filter(([, entry]) => existsSync(`${root}/${entry}`)),
    ),
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
