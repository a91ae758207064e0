import { join } from 'node:path';
import { encodeOnnxModel } from '../../main/inference/convert/onnxModel.ts';
import { installTestPack } from './testPack.ts';

/** What the test model calls its stems: fixed parts of the mix. 0.45 of it stays unclaimed. */
const parts = { drums: 0.5, bass: 0.25, other: 0.1, vocals: -0.3 };

/**
 * Installs a separation pack under a SONIDESK_HOME: `factors`, stereo at 44.1 kHz, whose ONNX graph multiplies
 * the waveform by one factor for each stem, in windows that overlap by a quarter.
 */
export async function installFactorsPack(home: string, window = 4096): Promise<void> {
  const stems = Object.keys(parts);
  const model = encodeOnnxModel({
    producer: 'test',
    opset: 17,
    graph: {
      name: 'factors',
      inputs: [{ name: 'mix', shape: ['batch', 2, window] }],
      outputs: [{ name: 'stems', shape: ['batch', stems.length, 2, window] }],
      constants: [
        { name: 'axis', shape: [1], data: BigInt64Array.of(1n) },
        { name: 'factors', shape: [1, stems.length, 1, 1], data: Float32Array.from(Object.values(parts)) },
      ],
      nodes: [
        { op: 'Unsqueeze', inputs: ['mix', 'axis'], outputs: ['wide'] },
        { op: 'Mul', inputs: ['wide', 'factors'], outputs: ['stems'] },
      ],
    },
  });
  await installTestPack(join(home, 'packs'), model, {
    id: 'factors',
    tasks: ['separate'],
    model: {
      file: 'model.onnx',
      adapter: 'waveform',
      sampleRate: 44_100,
      channels: 2,
      windowSamples: window,
      overlapSamples: window / 4,
      maxBatch: 3,
      inputs: [{ name: 'mix', shape: [null, 2, window] }],
      outputs: [{ name: 'stems', shape: [null, stems.length, 2, window] }],
      constants: {},
    },
    stems,
  });
}
