import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWav } from '../audio/wav/wavWriter.ts';
import type { PackEntry, PackImport } from '../contracts/desk.ts';
import type { PackManifest } from '../contracts/pack.ts';
import type { PackSpeed } from '../engine/jobs/speeds.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { addPack } from '../inference/packs/addPack.ts';
import { listPacks } from '../inference/packs/findPack.ts';
import { importOnnx } from '../inference/packs/importOnnx.ts';
import type { PackProgress } from '../inference/packs/sources/material.ts';

/** Every pack that is known or installed, as a window shows it. */
export async function packEntries(speeds: readonly PackSpeed[]): Promise<PackEntry[]> {
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
    speeds: speeds
      .filter(({ pack, version }) => pack === id && version === manifest?.version)
      .map(({ provider, realtimeFactor }) => ({ provider, realtimeFactor })),
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

/** A pack of a model file of the user's own, checked as it is for the command line. @throws SoniError */
export async function importPack({ file, id, adapter, sampleRate, name, stems }: PackImport): Promise<void> {
  await importOnnx(file, {
    id,
    adapter,
    sampleRate,
    ...(name !== undefined && { name }),
    ...(stems !== undefined && { stems }),
  });
}

/** Long enough for two windows of the packs that are known, short enough to wait for. */
const measuredSeconds = 12;
const measuredRate = 44_100;

/** Tries the providers, then runs the pack on some noise: the engine notes how fast it was. @throws SoniError */
export async function measurePack(
  engine: Engine,
  pack: string,
  signal: AbortSignal,
  report: (update: { label: string; fraction: number | null }) => void,
): Promise<void> {
  const { tasks } = await engine.describePack(pack);
  report({ label: 'Trying the providers', fraction: null });
  await engine.selfTest(pack, true, signal);
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-measure-'));
  try {
    const input = join(folder, 'noise.wav');
    await writeNoise(input);
    const watch = {
      signal,
      onProgress: ({ label, fraction }: { label: string; fraction: number }) => report({ label, fraction }),
    };
    if (tasks.includes('separate')) {
      await engine.split({ input, outputDirectory: join(folder, 'stems'), pack }, watch);
    }
    if (tasks.includes('transcribe')) {
      await engine.transcribe({ input, output: join(folder, 'noise.mid'), pack }, watch);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Never the same twice: what was computed once is not computed again. */
async function writeNoise(path: string): Promise<void> {
  const writer = await createWav(path, { sampleRate: measuredRate, channels: 2, encoding: 'float32' });
  const plane = () =>
    Float32Array.from({ length: measuredSeconds * measuredRate }, () => 0.2 * (Math.random() - 0.5));
  await writer.write([plane(), plane()]);
  await writer.close();
}
