import { copyFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { packFormat, type ModelAdapter, type PackManifest } from '../../contracts/pack.ts';
import type { Hertz, Samples } from '../../contracts/units.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';
import type { GraphTensor } from '../onnx/graphTensors.ts';
import { checkGraph, readGraph } from './checkGraph.ts';
import { knownManifest, packFolder } from './findPack.ts';
import { installedPack, type InstalledPack } from './installedPack.ts';
import { parseManifest } from './manifest.ts';
import { sha256File } from './sha256File.ts';
import { stage } from './stagingFolder.ts';
import { markVerified } from './verification.ts';

/** What the graph of a separation model does not say of itself. */
export interface ImportParameters {
  readonly id: string;
  readonly name?: string;
  readonly adapter: Exclude<ModelAdapter, 'basic-pitch'>;
  /** In the order of the output. */
  readonly stems: readonly string[];
  readonly sampleRate: Hertz;
  /** Needed where the graph's window is dynamic. */
  readonly windowSamples?: Samples;
  /** A quarter of the window when not given, as Demucs does by default. */
  readonly overlapSamples?: Samples;
  /** FFT size of a model that takes spectrograms; twice their bins when not given. */
  readonly fftSize?: number;
  readonly hop?: number;
}

/**
 * Makes a pack of a separation model that the user has as an ONNX file. The tensors are read from the graph,
 * the rest is stated by the user, on whose licence to use the file nothing is checked.
 * @throws SoniError `bad-usage` for parameters that do not fit the graph | `not-found` | `corrupt` | `no-space` | `denied`
 */
export async function importOnnx(file: string, parameters: ImportParameters): Promise<InstalledPack> {
  await refuseId(parameters.id);
  const { size } = await stat(file).catch((thrown: unknown) => {
    throw fileError(thrown, `read the model ${file}`);
  });
  const manifest = describe(await readGraph(file), parameters, {
    original: basename(file),
    bytes: size,
    sha256: await sha256File(file),
  });
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

type Graph = { inputs: readonly GraphTensor[]; outputs: readonly GraphTensor[] };

function describe(
  graph: Graph,
  parameters: ImportParameters,
  file: { original: string; bytes: number; sha256: string },
): PackManifest {
  const { id, stems, sampleRate } = parameters;
  const { constants, windowSamples, channels } = geometry(graph, parameters);
  const overlapSamples = parameters.overlapSamples ?? Math.floor(windowSamples / 4);
  if (overlapSamples >= windowSamples) {
    throw new SoniError(
      'bad-usage',
      `The overlap (${overlapSamples} samples) has to be shorter than the window (${windowSamples} samples).`,
    );
  }
  const dynamicBatch = graph.inputs.every((tensor) => tensor.shape[0] === null);
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
      maxBatch: dynamicBatch ? 4 : 1,
      inputs: graph.inputs.map(({ name, shape }) => ({ name, shape })),
      outputs: graph.outputs.map(({ name, shape }) => ({ name, shape })),
      constants,
    },
    stems: [...stems],
  };
  return parseManifest(JSON.stringify(manifest), `The description of ${file.original}`);
}

interface Geometry {
  readonly windowSamples: Samples;
  readonly channels: number;
  readonly constants: Record<string, number>;
}

/** Window, channels and constants of each kind of model, from the shapes of its tensors. */
function geometry(graph: Graph, parameters: ImportParameters): Geometry {
  const stated = (name: 'windowSamples', fromGraph?: number | null): number => {
    const value = parameters[name] ?? fromGraph;
    if (value === undefined || value === null) {
      throw new SoniError('bad-usage', `The graph does not tell the ${name} of the model; state it.`);
    }
    return value;
  };
  const wrong = (expected: string) =>
    new SoniError(
      'bad-usage',
      `This is no ${parameters.adapter} model: its inputs are ${shapesInWords(graph.inputs)} and its outputs ${shapesInWords(graph.outputs)}; expected ${expected}. Choose another adapter.`,
    );
  const [first, second] = graph.inputs;
  const outputShape = graph.outputs[0]?.shape;

  switch (parameters.adapter) {
    case 'htdemucs': {
      // [1, channels, window] and [1, 2 * channels, bins, frames]; outputs as in the bundled manifest.
      const channels = first?.shape[1];
      const bins = second?.shape[2];
      const frames = second?.shape[3];
      const count = outputShape?.[1];
      if (!channels || !bins || !frames || graph.outputs.length !== 2 || count !== parameters.stems.length) {
        throw wrong(
          `a waveform [1, channels, window] and a spectrogram [1, 2 x channels, bins, frames], and two outputs of ${parameters.stems.length} stems`,
        );
      }
      const fftSize = parameters.fftSize ?? 2 * bins;
      const hop = parameters.hop ?? fftSize / 4;
      const windowSamples = stated('windowSamples', first.shape[2]);
      return { windowSamples, channels, constants: { fftSize, hop, bins, frames } };
    }
    case 'waveform': {
      const channels = first?.shape[1];
      const count =
        outputShape?.length === 4 ? outputShape[1] : outputShape?.[1] && outputShape[1] / (channels ?? 1);
      if (first?.shape.length !== 3 || !channels || count !== parameters.stems.length) {
        throw wrong(
          `[batch, channels, window] and [batch, stems, channels, window] with ${parameters.stems.length} stems`,
        );
      }
      return { windowSamples: stated('windowSamples', first.shape[2]), channels, constants: {} };
    }
  }
}

const shapesInWords = (tensors: readonly GraphTensor[]) =>
  tensors.map(({ shape }) => `[${shape.map((size) => size ?? '?').join(', ')}]`).join(' and ');
