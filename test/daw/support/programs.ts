import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pluginFolder } from './sandbox.ts';

/** Programs that the suite drives, how they tell their version, and where they come from. */
const programs = {
  ardour: { run: ['ardour7-export', '--version'], debian: 'ardour' },
  qtractor: { run: ['qtractor', '--version'], debian: 'qtractor' },
  jackd: { run: ['jackd', '--version'], debian: 'jackd2' },
} as const;
export type Program = keyof typeof programs;

const versionIn = (text: string) => /\d+(\.\d+)+/.exec(text)?.[0] ?? 'of unknown version';

/** The version, or `null` when the program is not there. */
function versionOf(program: Program): string | null {
  const { run } = programs[program];
  const { error, stdout, stderr } = spawnSync(run[0], run.slice(1), {
    encoding: 'utf8',
    env: { ...process.env, QT_QPA_PLATFORM: 'offscreen' },
  });
  return error === undefined ? versionIn(`${stdout}${stderr}`) : null;
}

/**
 * Whether a suite that needs these programs and plugin formats can run. Says what it runs with; what is missing it says
 * too, and under CI it fails.
 */
export function canRun(needed: readonly Program[], bundles: readonly string[]): boolean {
  const missing: string[] = [];
  for (const program of needed) {
    const version = versionOf(program);
    if (version === null) missing.push(`${program} (apt-get install ${programs[program].debian})`);
    else console.log(`test:daw runs ${program} ${version}`);
  }
  for (const bundle of bundles) {
    if (!existsSync(join(pluginFolder, bundle))) missing.push(`${bundle} (npm run build:plugin)`);
  }
  if (missing.length === 0) return true;
  const message = `test:daw misses ${missing.join(' and ')}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(`${message}: skipped`);
  return false;
}
