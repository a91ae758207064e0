import type { PackManifest } from '../../../contracts/pack.ts';

/** How far a pack's installation is. `total` is null while nobody knows. */
export interface PackProgress {
  readonly step: 'download' | 'unpack' | 'convert' | 'verify';
  readonly done: number;
  readonly total: number | null;
}

/** What a source needs to bring a pack's raw material to this machine. */
export interface SourceContext {
  readonly manifest: PackManifest;
  /** The folder of the manifest, for `file`. */
  readonly manifestFolder: string;
  /** Where the material goes; removed afterwards. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PackProgress) => void;
}

/** Absolute path of a piece of raw material by its path inside the source. */
export type Material = (from: string) => string;

/** The paths inside the source that the pack is made of; a conversion needs all that lies beside its graph. */
export function wantedPaths(manifest: PackManifest): (path: string) => boolean {
  const paths = manifest.files.map((file) => file.from ?? file.name);
  if (manifest.convert === 'none') return (path) => paths.includes(path);
  const folders = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  return (path) => folders.some((folder) => path.startsWith(folder));
}
