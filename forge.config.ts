import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { join } from 'node:path';
import { appFiles } from './main/tooling/appFiles.mjs';

/**
 * How the app is put together, for Electron Forge (`npm run forge start`, `npm run forge package`) and for
 * `npm run package`, which uses Electron Packager and these settings without Forge.
 */
export const packagerConfig = {
  name: 'SoniDesk',
  executableName: 'sonidesk-app',
  appBundleId: 'io.github.sonidesk.app',
  appCategoryType: 'public.app-category.music',
  // Native libraries cannot be loaded from inside the archive, and cannot read models there.
  asar: { unpack: '{**/*.{node,so,so.*,dll,dylib},**/models/packs/**}' },
  ignore: (path: string): boolean => !appFiles(path),
  prune: true,
};

/** Whatever would let outside code in is off; engine and inference are utility processes, so RunAsNode is, too. */
export const fuses = {
  version: FuseVersion.V1,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
} as const;

/** What of a packaged folder holds the fuses. */
function executableIn(folder: string, platform: string): string {
  const { name, executableName } = packagerConfig;
  const file =
    platform === 'darwin' ? `${name}.app` : platform === 'win32' ? `${executableName}.exe` : executableName;
  return join(folder, file);
}

/** @returns the executable, its fuses set */
export async function setFuses(folder: string, platform: string): Promise<string> {
  const executable = executableIn(folder, platform);
  await flipFuses(executable, { ...fuses, resetAdHocDarwinSignature: platform === 'darwin' });
  return executable;
}

interface Packaged {
  readonly platform: string;
  readonly outputPaths: readonly string[];
}

const { SONIDESK_ELECTRON_ZIPS: electronZipDir } = process.env;

export default {
  packagerConfig: { ...packagerConfig, ...(electronZipDir !== undefined && { electronZipDir }) },
  // Native libraries come with their packages and fit every version.
  rebuildConfig: { onlyModules: [] },
  hooks: {
    async postPackage(_config: unknown, { platform, outputPaths }: Packaged): Promise<void> {
      for (const folder of outputPaths) await setFuses(folder, platform);
    },
  },
  // Installers are electron-builder's part (electron-builder.yml), from what was packaged.
  makers: [],
  plugins: [],
};
