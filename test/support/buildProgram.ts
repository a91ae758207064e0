import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a test program, so that plain Node runs it. It lies below node_modules: from there the packages
 * that are not bundled (native ones) are found, and nothing else looks at it.
 */
export async function buildProgram(entry: string): Promise<{ script: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(process.cwd(), 'node_modules/.test-program-'));
  const script = join(folder, 'program.mjs');
  await build({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
  });
  return { script, remove: () => rm(folder, { recursive: true }) };
}
