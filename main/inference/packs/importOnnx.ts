import { copyFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import { packFormat, type SeparationAdapter, type PackManifest } from '../../contracts/pack.ts';
import type { Hertz, Samples } from '../../contracts/units.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';
import { checkGraph, readGraph } from './checkGraph.ts';
import { knownManifest, packFolder } from './findPack.ts';
import { importGeometry, type ImportedGraph } from './importGeometry.ts';
import { installedPack, type InstalledPack } from './installedPack.ts';
import { knownMdxNet } from './knownMdxNet.ts';
import { parseManifest } from './manifest.ts';
import { sha256File } from './sha256File.ts';
import { stage } from './stagingFolder.ts';
import { markVerified } from './verification.ts';

/** What the graph of a separation model does not say of itself. */
export interface ImportParameters {
  readonly id: string;
  readonly name?: string;
  readonly adapter: SeparationAdapter;
  /** In the order of the output; may be left out for a well-known MDX-Net. */
  readonly stems?: readonly string[];
  readonly sampleRate: Hertz;
  /** Needed where the graph's window is dynamic. */
  readonly windowSamples?: Samples;
  /** A quarter of the window (of what is used of it) when not given, as Demucs does by default. */
  readonly overlapSamples?: Samples;
  /** FFT size of a model that takes spectrograms; twice their bins when not given. */
  readonly fftSize?: number;
  readonly hop?: number;
  /** What an MDX-Net's output is multiplied by. */
  readonly compensate?: number;
}

/**
 * Makes a pack of a separation model that the user has as an ONNX file. The tensors are read from the graph,
 * the rest is stated by the user, on whose licence to use the file nothing is checked.
 * @throws SoniError `bad-usage` for parameters that do not fit the graph | `not-found` | `bad-input` | `no-space` | `denied`
 */
export async function importOnnx(file: string, parameters: ImportParameters): Promise<InstalledPack> {
  await refuseId(parameters.id);
  const { size } = await stat(file).catch((thrown: unknown) => {
    throw fileError(thrown, `read the model ${file}`);
  });
  const known = parameters.adapter === 'mdx-net' ? await knownMdxNet(file) : undefined;
  const graph = await readGraph(file).catch((thrown: unknown) => {
    throw new SoniError(
      'bad-input',
      `${file} is no ONNX model that can be loaded. A PyTorch checkpoint (.ckpt, .pth, .th) has to be exported to ONNX first.`,
      { reason: asSoniError(thrown).message },
    );
  });
  const manifest = describe(
    graph,
    { ...known, ...parameters },
    {
      original: basename(file),
      bytes: size,
      sha256: await sha256File(file),
    },
  );
  const target = packFolder(manifest.id);
  await stage(target, size, async (folder) => {
    const built = installedPack(manifest, folder);
    await copyFile(file, built.filePath(manifest.model.file));
    await checkGraph(built);
    await writeFileAtomic(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  });
  const pack = installedPack(manifest, target);
  await markVerified(pack);
  return pack;
}

/** An id becomes a folder name, and must not hide a pack that SoniDesk knows. */
async function refuseId(id: string): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) {
    throw new SoniError(
      'bad-usage',
      `"${id}" cannot be the id of a pack; use small letters, digits and dashes, such as "my-vocals".`,
    );
  }
  if ((await knownManifest(id)) !== undefined) {
    throw new SoniError('bad-usage', `SoniDesk has a pack "${id}" of its own; choose another id.`);
  }
}

function describe(
  graph: ImportedGraph,
  parameters: ImportParameters,
  file: { original: string; bytes: number; sha256: string },
): PackManifest {
  const { id, sampleRate } = parameters;
  const { constants, windowSamples, unusedSamples, channels, stems } = importGeometry(graph, parameters);
  const used = windowSamples - 2 * unusedSamples;
  const overlapSamples = parameters.overlapSamples ?? Math.floor(used / 4);
  if (overlapSamples >= used) {
    throw new SoniError(
      'bad-usage',
      `The overlap (${overlapSamples} samples) has to be shorter than what is used of a window (${used} samples).`,
    );
  }
  const lastAxis = parameters.adapter === 'mdx-net' ? constants['frames']! : windowSamples;
  // A window of an MDX-Net fills the memory by itself.
  const batches =
    parameters.adapter !== 'mdx-net' && graph.inputs.every((tensor) => tensor.shape[0] === null);
  const manifest: PackManifest = {
    format: packFormat,
    id,
    version: file.sha256.slice(0, 12),
    name: parameters.name ?? id,
    summary: `Imported by the user from ${file.original}.`,
    licence: {
      id: 'LicenseRef-imported-by-user',
      text: 'Imported by the user, who is responsible for the right to use it.',
      mustAccept: false,
    },
    source: { type: 'file' },
    convert: 'none',
    files: [{ name: 'model.onnx', sha256: file.sha256, bytes: file.bytes }],
    tasks: ['separate'],
    model: {
      file: 'model.onnx',
      adapter: parameters.adapter,
      sampleRate,
      channels,
      windowSamples,
      overlapSamples,
      maxBatch: batches ? 4 : 1,
      // A free window is what was stated from now on, for the self-test too; a free batch stays free.
      inputs: graph.inputs.map(({ name, shape }) => ({
        name,
        shape: shape.map((size, axis) => size ?? (axis === shape.length - 1 ? lastAxis : null)),
      })),
      outputs: graph.outputs.map(({ name, shape }) => ({ name, shape })),
      constants,
    },
    stems,
  };
  return parseManifest(JSON.stringify(manifest), `The description of ${file.original}`);
}
