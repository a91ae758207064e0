import { FuseV1Options, FuseVersion } from '@electron/fuses';
import { appFiles } from './main/tooling/appFiles.mjs';

/**
 * How the app is put together, for Electron Forge (`npx electron-forge start`, `package`) and for `npm run package`,
 * which uses Electron Packager and these settings without Forge.
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

export default { packagerConfig, makers: [], plugins: [] };
