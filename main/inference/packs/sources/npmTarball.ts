import { spawn } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError } from '../../../contracts/errors.ts';
import { npmClient } from '../../../platform/npmClient.ts';
import { fromMirror } from './mirror.ts';
import type { SourceContext } from './material.ts';

/** The file name that `npm pack` gives a package: no scope sign, slashes as dashes. */
const tarballName = (name: string, version: string): string =>
  `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`;

/**
 * The tarball of an npm package: from the mirror folder, else with the npm client of the user, by the
 * user's own registry and proxy settings. No script and no dependency of the package is touched.
 * @returns its path
 * @throws SoniError `network` when npm cannot get it | `not-found` without npm | `cancelled`
 */
export async function npmTarball(
  source: { package: string; version: string; bytes: number },
  context: SourceContext,
): Promise<string> {
  const name = tarballName(source.package, source.version);
  const mirrored = await fromMirror(name);
  if (mirrored !== undefined) return mirrored;

  // A cache of its own: its growth is the progress, and no second copy stays behind in the user's cache.
  const cache = join(context.folder, 'npm-cache');
  await mkdir(cache, { recursive: true });
  const watcher = setInterval(() => {
    void folderBytes(cache).then((bytes) =>
      context.onProgress({ step: 'download', done: Math.min(bytes, source.bytes), total: source.bytes }),
    );
  }, 500);
  try {
    await npmPack(`${source.package}@${source.version}`, cache, context);
  } finally {
    clearInterval(watcher);
  }
  context.onProgress({ step: 'download', done: source.bytes, total: source.bytes });
  return join(context.folder, name);
}

/** [spawns] The arguments hold no blanks or shell signs: the manifest schema restricts name and version. */
async function npmPack(spec: string, cache: string, { folder, signal }: SourceContext): Promise<void> {
  const { command, shell } = npmClient();
  // The folders are passed by environment: a shell would want them quoted.
  const child = spawn(command, ['pack', spec, '--ignore-scripts', '--loglevel=error'], {
    cwd: folder,
    env: { ...process.env, npm_config_cache: cache, npm_config_pack_destination: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    shell,
    signal,
  });
  let complaint = '';
  child.stderr?.on('data', (piece: Buffer) => {
    complaint = `${complaint}${piece.toString()}`.slice(-2000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (thrown) => {
      reject(
        'code' in thrown && thrown.code === 'ENOENT'
          ? new SoniError(
              'not-found',
              `npm was not found, which fetches ${spec}. Install Node.js with npm, or put the file into a folder and name it by SONIDESK_PACK_MIRROR.`,
            )
          : thrown,
      );
    });
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new SoniError(
    'network',
    `npm could not fetch ${spec} (exit code ${code}): ${firstLines(complaint)}. Check the network and npm's registry setting, or put the tarball into a folder and name it by SONIDESK_PACK_MIRROR.`,
    { stderr: complaint },
  );
}

/** npm's complaint without its prefix and without where its log went. */
const firstLines = (complaint: string): string =>
  complaint
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log'))
    .slice(0, 3)
    .join('; ') || 'it gave no reason';

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // npm moves files while they are counted.
    bytes += await stat(join(entry.parentPath, entry.name)).then(
      (found) => found.size,
      () => 0,
    );
  }
  return bytes;
}
