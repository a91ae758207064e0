import { join } from 'node:path';
import type { PackManifest } from '../../contracts/pack.ts';

/** A pack whose files are on this machine and whose licence has been accepted where it must be. */
export interface InstalledPack {
  readonly manifest: PackManifest;
  readonly directory: string;
  /** Absolute path of one of the pack's files. */
  filePath(name: string): string;
}

export const installedPack = (manifest: PackManifest, directory: string): InstalledPack => ({
  manifest,
  directory,
  filePath: (name) => join(directory, name),
});
