import { isFftSize } from '../../audio/mixedRadixFft.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Samples } from '../../contracts/units.ts';
import type { GraphTensor } from '../onnx/graphTensors.ts';
import type { ImportParameters } from './importOnnx.ts';

/** What a graph says of itself. */
export interface ImportedGraph {
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
}

/** What an adapter has to know of its model. */
export interface Geometry {
  readonly windowSamples: Samples;
  /** Samples at either end of a window that nothing is taken from. */
  readonly unusedSamples: Samples;
  readonly channels: number;
  readonly constants: Record<string, number>;
  /** All stems of the pack, one more than the model's where it does not compute all. */
  readonly stems: string[];
}

/**
 * Window, channels, stems and constants of each kind of model, from the shapes of its tensors and from what
 * was stated.
 * @throws SoniError `bad-usage`
 */
export function importGeometry(graph: ImportedGraph, parameters: ImportParameters): Geometry {
  switch (parameters.adapter) {
    case 'htdemucs':
      return htdemucsGeometry(graph, parameters);
    case 'waveform':
      return waveformGeometry(graph, parameters);
    case 'mdx-net':
      return mdxNetGeometry(graph, parameters);
  }
}

/** [1, channels, window] and [1, 2 * channels, bins, frames]; outputs as in the manifest of the known pack. */
function htdemucsGeometry(graph: ImportedGraph, parameters: ImportParameters): Geometry {
  const [first, second] = graph.inputs;
  const channels = first?.shape[1];
  const bins = second?.shape[2];
  const frames = second?.shape[3];
  const count = graph.outputs[0]?.shape[1];
  if (!channels || !bins || !frames || graph.outputs.length !== 2 || !count) {
    throw wrongModel(
      graph,
      parameters,
      'a waveform [1, channels, window] and a spectrogram [1, 2 x channels, bins, frames], and two outputs',
    );
  }
  const { stems, constants } = stemNames(parameters, count);
  const fftSize = parameters.fftSize ?? 2 * bins;
  const hop = parameters.hop ?? fftSize / 4;
  checkTransform(fftSize, hop, bins);
  const windowSamples = windowOf(parameters, first.shape[2]);
  return {
    windowSamples,
    unusedSamples: 0,
    channels,
    stems,
    constants: { fftSize, hop, bins, frames, ...constants },
  };
}

function waveformGeometry(graph: ImportedGraph, parameters: ImportParameters): Geometry {
  const [input] = graph.inputs;
  const output = graph.outputs[0]?.shape;
  const channels = input?.shape[1];
  const count = output?.length === 4 ? output[1] : (output?.[1] ?? 0) / (channels ?? 1);
  if (graph.inputs.length !== 1 || input?.shape.length !== 3 || !channels || !count || count % 1 !== 0) {
    throw wrongModel(graph, parameters, '[batch, channels, window] and [batch, stems, channels, window]');
  }
  const { stems, constants } = stemNames(parameters, count);
  return {
    windowSamples: windowOf(parameters, input.shape[2]),
    unusedSamples: 0,
    channels,
    stems,
    constants,
  };
}

/** Hop of every MDX-Net that is known. */
const mdxNetHop = 1024;

/** [batch, 2 * channels, bins, frames] -> [batch, stems * 2 * channels, bins, frames]. */
function mdxNetGeometry(graph: ImportedGraph, parameters: ImportParameters): Geometry {
  const [input] = graph.inputs;
  const [, parts, bins, givenFrames] = input?.shape ?? [];
  const output = graph.outputs[0]?.shape ?? [];
  const hop = parameters.hop ?? mdxNetHop;
  const frames = givenFrames ?? (parameters.windowSamples ?? 0) / hop + 1;
  // A single stem where the graph does not tell.
  const count = output.length === 5 ? output[1] : (output[1] ?? parts ?? 0) / (parts ?? 1);
  const fits =
    graph.inputs.length === 1 &&
    input?.shape.length === 4 &&
    (parts === 2 || parts === 4) &&
    bins &&
    count &&
    count % 1 === 0 &&
    (output.at(-2) ?? bins) === bins &&
    (output.at(-1) ?? givenFrames) === givenFrames;
  if (!fits) {
    throw wrongModel(
      graph,
      parameters,
      'one spectrogram [batch, 4, bins, frames] in and one of that form out',
    );
  }
  if (!(frames >= 2 && frames % 1 === 0)) {
    throw new SoniError(
      'bad-usage',
      `The graph takes any number of frames; state the window, a multiple of ${hop} samples, such as ${255 * hop}.`,
    );
  }
  if (parameters.fftSize === undefined) {
    throw new SoniError(
      'bad-usage',
      `The graph takes ${bins} bins and does not tell the FFT size, and the file is none that SoniDesk knows. State it with --fft; usual are ${bins > 2561 ? '6144 and 7680' : '6144, 5120, 4096 and 8192'}.`,
    );
  }
  const { fftSize, compensate = 1 } = parameters;
  checkTransform(fftSize, hop, bins);
  const windowSamples = hop * (frames - 1);
  const { stems, constants } = stemNames(parameters, count);
  return {
    windowSamples,
    unusedSamples: fftSize / 2,
    channels: parts / 2,
    stems,
    constants: { fftSize, hop, bins, frames, compensate, ...constants },
  };
}

function checkTransform(fftSize: number, hop: number, bins: number): void {
  if (isFftSize(fftSize) && bins <= fftSize / 2 + 1 && hop <= fftSize / 4 && hop % 1 === 0) return;
  throw new SoniError(
    'bad-usage',
    `An FFT of ${fftSize} with a hop of ${hop} does not fit a model of ${bins} bins: the size has to be an even product of 2, 3, 5 and 7, at least ${2 * (bins - 1)}, the hop at most a quarter of it.`,
  );
}

function windowOf({ windowSamples }: ImportParameters, fromGraph: number | null | undefined): Samples {
  const window = windowSamples ?? fromGraph;
  if (window !== undefined && window !== null) return window;
  throw new SoniError(
    'bad-usage',
    'The graph takes windows of any length; state the one to use with --window.',
  );
}

const opposite: Readonly<Record<string, string>> = { vocals: 'instrumental', instrumental: 'vocals' };

/**
 * Names for the stems that the model computes, and for what remains where it is a single one or one more was
 * stated. Constants say so.
 */
function stemNames(
  { stems: stated = [] }: ImportParameters,
  count: number,
): { stems: string[]; constants: Record<string, number> } {
  const repeated = stated.find((name, index) => stated.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new SoniError('bad-usage', `The stem "${repeated}" is named twice; each needs a name of its own.`);
  }
  const [single] = stated;
  if (count === 1 && stated.length === 1) {
    return { stems: [single!, opposite[single!] ?? `no_${single}`], constants: { modelStems: 1 } };
  }
  if (stated.length === count + 1) return { stems: [...stated], constants: { modelStems: count } };
  if (stated.length === count) return { stems: [...stated], constants: {} };
  throw new SoniError(
    'bad-usage',
    `The model computes ${count} ${count === 1 ? 'stem' : 'stems'}; ${stated.length === 0 ? 'no name was' : `${stated.length} names were`} stated (${stated.join(', ') || 'none'}). Name ${count === 1 ? 'it, such as --stems vocals' : 'them with --stems, in the order of the output'}; one more name is for what remains.`,
  );
}

const shapesInWords = (tensors: readonly GraphTensor[]) =>
  tensors.map(({ shape }) => `[${shape.map((size) => size ?? '?').join(', ')}]`).join(' and ') || 'none';

const wrongModel = (graph: ImportedGraph, { adapter }: ImportParameters, expected: string) =>
  new SoniError(
    'bad-usage',
    `This is no ${adapter} model: its inputs are ${shapesInWords(graph.inputs)} and its outputs ${shapesInWords(graph.outputs)}; expected ${expected}. Choose another adapter.`,
  );
