import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { npmClient } from '../../platform/npmClient.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Packs that come as npm packages are fetched with the user's own client, which knows the user's registry. */
export async function npmFinding(): Promise<Finding> {
  const { command, shell } = npmClient();
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], { shell, timeout: 20_000 });
    return ok('npm', stdout.trim());
  } catch {
    return warn('npm', 'not found', 'Only needed to add packs: install npm, or set SONIDESK_PACK_MIRROR.');
  }
}
