import type { Planar } from '../../../audio/audioStream.ts';
import type { Model } from '../../onnx/model.ts';
import type { InstalledPack } from '../../packs/installedPack.ts';
import { modelStems } from './modelStems.ts';
import type { SeparationModel } from './separationModel.ts';

/**
 * A separation model that is run one window at a time: a batch of a large one would take gigabytes.
 * @param separate what it makes of a window: [stem][channel][window]
 */
export const windowByWindow = (
  { manifest }: InstalledPack,
  model: Model,
  how: Pick<SeparationModel, 'window' | 'context' | 'wantsUnitLevel'>,
  separate: (window: Planar) => Promise<Float32Array[][]>,
): SeparationModel => ({
  ...how,
  sampleRate: manifest.model.sampleRate,
  channels: manifest.model.channels,
  overlap: manifest.model.overlapSamples,
  maxBatch: 1,
  stems: modelStems(manifest),
  // It may change in the middle: a failing device is left for the CPU.
  get provider() {
    return model.provider;
  },
  run: async (windows) => {
    const outputs: Float32Array[][][] = [];
    for (const planes of windows) outputs.push(await separate(planes));
    return outputs;
  },
  close: () => model.close(),
});
