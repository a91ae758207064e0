import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOnnxModel, type OnnxNode } from '../../main/inference/convert/onnxModel.ts';
import { runCli } from './runCli.ts';

export const window = 4096;

/**
 * Makes a small separation pack `tiny` (stems: drums, vocals) through the command line itself.
 * @param work repetitions of a needless sine, to make a window as slow as a test wants it
 */
export async function importTinyPack(home: string, work = 0): Promise<void> {
  const busy: OnnxNode[] = Array.from({ length: work }, (_, i) => ({
    op: 'Sin',
    inputs: [i === 0 ? 'mix' : `busy${i - 1}`],
    outputs: [`busy${i}`],
  }));
  const last = work === 0 ? 'mix' : `busy${work - 1}`;
  const model = encodeOnnxModel({
    producer: 'test',
    opset: 17,
    graph: {
      name: 'tiny',
      inputs: [{ name: 'mix', shape: [1, 2, window] }],
      outputs: [{ name: 'stems', shape: [1, 2, 2, window] }],
      constants: [
        { name: 'axis', shape: [1], data: BigInt64Array.of(1n) },
        { name: 'factors', shape: [1, 2, 1, 1], data: Float32Array.of(0.5, 0.25) },
      ],
      nodes: [
        ...busy,
        { op: 'Unsqueeze', inputs: [last, 'axis'], outputs: ['wide'] },
        { op: 'Mul', inputs: ['wide', 'factors'], outputs: ['stems'] },
      ],
    },
  });
  const file = join(home, 'tiny.onnx');
  await writeFile(file, model);
  const facts = ['--id', 'tiny', '--adapter', 'waveform', '--stems', 'drums,vocals'];
  const { code, stderr } = await runCli(['packs', 'import', file, ...facts], { home });
  if (code !== 0) throw new Error(stderr);
}
