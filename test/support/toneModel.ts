import { encodeOnnxModel, type OnnxNode } from '../../main/inference/convert/onnxModel.ts';
import { installTestPack } from './testPack.ts';

/**
 * A model with the outside of Basic Pitch, twelve pitches and short windows, that hears sine tones by
 * correlating with them. For tests: the whole operation runs with it in milliseconds and needs no download.
 */
const sampleRate = 22050;
const hop = 256;
const framesPerWindow = 40;
const windowSamples = framesPerWindow * hop - 100;
const lowestPitch = 60;
const pitches = 12;
const kernel = 2048;

export async function installToneModel(packs: string): Promise<string> {
  return installTestPack(packs, toneModel(), {
    id: 'tone-model',
    tasks: ['transcribe'],
    model: {
      file: 'tones.onnx',
      adapter: 'basic-pitch',
      sampleRate,
      channels: 1,
      windowSamples,
      overlapSamples: 8 * hop,
      maxBatch: 2,
      inputs: [{ name: 'audio', shape: [null, windowSamples, 1] }],
      outputs: [
        { name: 'notes', shape: [null, framesPerWindow, pitches] },
        { name: 'onsets', shape: [null, framesPerWindow, pitches] },
        { name: 'contours', shape: [null, framesPerWindow, 3 * pitches] },
      ],
      constants: {
        hop,
        framesPerWindow,
        overlapFrames: 8,
        lowestPitch,
        pitches,
        contourBinsPerSemitone: 3,
        noteOutput: 'notes',
        onsetOutput: 'onsets',
        contourOutput: 'contours',
      },
    },
  });
}

/** Windowed cosine and sine of every pitch: [2 · pitches, 1, kernel]. */
function correlators(): Float32Array {
  const weights = new Float32Array(2 * pitches * kernel);
  for (let pitch = 0; pitch < pitches; pitch++) {
    const frequency = 440 * 2 ** ((lowestPitch + pitch - 69) / 12);
    for (let i = 0; i < kernel; i++) {
      const window = (1 - Math.cos((2 * Math.PI * (i + 0.5)) / kernel)) / kernel;
      const phase = (2 * Math.PI * frequency * i) / sampleRate;
      weights[2 * pitch * kernel + i] = window * Math.cos(phase);
      weights[(2 * pitch + 1) * kernel + i] = window * Math.sin(phase);
    }
  }
  return weights;
}

function toneModel(): Uint8Array {
  const pairs = new Float32Array(pitches * 2 * pitches);
  const difference = new Float32Array(pitches * pitches * 3);
  const spread = new Float32Array(3 * pitches * pitches);
  for (let pitch = 0; pitch < pitches; pitch++) {
    pairs.fill(150, (pitch * pitches + pitch) * 2, (pitch * pitches + pitch) * 2 + 2);
    difference[(pitch * pitches + pitch) * 3] = -20;
    difference[(pitch * pitches + pitch) * 3 + 2] = 20;
    spread[3 * pitch * pitches + pitch] = 1;
  }
  const conv = (
    inputs: string[],
    output: string,
    width: number,
    stride: number,
    pads: number[],
  ): OnnxNode => ({
    op: 'Conv',
    inputs,
    outputs: [output],
    attributes: { kernel_shape: [width], strides: [stride], pads },
  });
  const before = kernel / 2;
  const after = (framesPerWindow - 1) * hop + kernel - before - windowSamples;
  const transpose = (input: string, output: string): OnnxNode => ({
    op: 'Transpose',
    inputs: [input],
    outputs: [output],
    attributes: { perm: [0, 2, 1] },
  });
  return encodeOnnxModel({
    producer: 'test',
    opset: 17,
    graph: {
      name: 'tones',
      inputs: [{ name: 'audio', shape: ['batch', windowSamples, 1] }],
      outputs: [
        { name: 'notes', shape: ['batch', framesPerWindow, pitches] },
        { name: 'onsets', shape: ['batch', framesPerWindow, pitches] },
        { name: 'contours', shape: ['batch', framesPerWindow, 3 * pitches] },
      ],
      constants: [
        { name: 'correlators', shape: [2 * pitches, 1, kernel], data: correlators() },
        { name: 'pairs', shape: [pitches, 2 * pitches, 1], data: pairs },
        { name: 'lift', shape: [pitches], data: new Float32Array(pitches).fill(-4) },
        { name: 'difference', shape: [pitches, pitches, 3], data: difference },
        { name: 'onsetLift', shape: [pitches], data: new Float32Array(pitches).fill(-3) },
        { name: 'spread', shape: [3 * pitches, pitches, 1], data: spread },
      ],
      nodes: [
        transpose('audio', 'rows'),
        conv(['rows', 'correlators'], 'parts', kernel, hop, [before, after]),
        { op: 'Mul', inputs: ['parts', 'parts'], outputs: ['squares'] },
        conv(['squares', 'pairs', 'lift'], 'energy', 1, 1, [0, 0]),
        { op: 'Sigmoid', inputs: ['energy'], outputs: ['sounding'] },
        conv(['sounding', 'difference', 'onsetLift'], 'change', 3, 1, [1, 1]),
        { op: 'Sigmoid', inputs: ['change'], outputs: ['starting'] },
        conv(['sounding', 'spread'], 'contour', 1, 1, [0, 0]),
        transpose('sounding', 'notes'),
        transpose('starting', 'onsets'),
        transpose('contour', 'contours'),
      ],
    },
  });
}
