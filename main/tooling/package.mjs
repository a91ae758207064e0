// `npm run package`: a runnable folder of the app in out/, with Electron Packager and the settings of
// forge.config.ts, then its fuses. Takes the Electron that was downloaded, or the verified test build.
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { packager } from '@electron/packager';
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appRoot, downloadedElectron, testElectronVersion, testElectronZip } from './electron.mjs';

/** The settings, as the TypeScript file says them. */
async function settings() {
  const outfile = join(appRoot, 'dist', 'forge.config.mjs');
  await build({
    entryPoints: [join(appRoot, 'forge.config.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  return await import(pathToFileURL(outfile).href);
}

const { packagerConfig, setFuses } = await settings();
const { name, executableName, ...options } = packagerConfig;
const own = downloadedElectron();
const electronVersion =
  own === null ? testElectronVersion : createRequire(import.meta.url)('electron/package.json').version;
const [folder] = await packager({
  ...options,
  name,
  executableName,
  dir: appRoot,
  out: join(appRoot, 'out'),
  overwrite: true,
  quiet: true,
  electronVersion,
  ...(own === null && { electronZipDir: testElectronZip(), platform: 'linux', arch: 'x64' }),
});
const executable = await setFuses(folder, process.platform);
const wire = await getCurrentFuseWire(executable);
console.log(executable);
console.log(
  own === null
    ? `  Electron ${electronVersion}, the build of the tests. For users run npx install-electron first, which brings the pinned one.`
    : `  Electron ${electronVersion}`,
);
for (const [fuse, number] of Object.entries(FuseV1Options).filter(([, value]) => typeof value === 'number')) {
  const state =
    wire[number] === undefined
      ? 'not in this Electron'
      : String.fromCharCode(wire[number]) === '1'
        ? 'on'
        : 'off';
  console.log(`  ${fuse}: ${state}`);
}
