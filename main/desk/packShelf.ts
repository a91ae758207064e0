import type { PackEntry } from '../contracts/desk.ts';
import type { PackManifest } from '../contracts/pack.ts';
import { addPack } from '../inference/packs/addPack.ts';
import { listPacks } from '../inference/packs/findPack.ts';
import type { PackProgress } from '../inference/packs/sources/material.ts';

/** Every pack that is known or installed, as a window shows it. */
export async function packEntries(): Promise<PackEntry[]> {
  return (await listPacks()).map(({ id, manifest, installed, licenceAccepted, problem }) => ({
    id,
    name: manifest?.name ?? id,
    version: manifest?.version ?? null,
    summary: manifest?.summary ?? '',
    tasks: manifest?.tasks ?? [],
    stems: manifest?.stems ?? [],
    licence: manifest?.licence ?? null,
    licenceAccepted,
    installed,
    downloadBytes: manifest !== null && 'bytes' in manifest.source ? manifest.source.bytes : null,
    installedBytes: manifest?.files.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0,
    source: manifest === null ? '' : sourceOf(manifest),
    problem,
  }));
}

const sourceOf = ({ source }: PackManifest): string => {
  switch (source.type) {
    case 'file':
      return 'A part of SoniDesk, or a file of yours';
    case 'npm':
      return `npm package ${source.package} ${source.version}`;
    case 'https':
      return source.url;
  }
};

const verbs: Readonly<Record<PackProgress['step'], string>> = {
  download: 'Downloading',
  unpack: 'Unpacking',
  convert: 'Converting',
  verify: 'Checking',
};

export async function installPack(
  id: string,
  acceptLicence: boolean,
  signal: AbortSignal,
  report: (update: { label: string; fraction: number | null }) => void,
): Promise<void> {
  await addPack(id, {
    acceptLicence,
    signal,
    onProgress: ({ step, done, total }) =>
      report({
        label: verbs[step],
        fraction: total === null ? null : Math.min(1, done / Math.max(1, total)),
      }),
  });
}
