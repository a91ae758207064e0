import type { Model } from '../../onnx/model.ts';
import type { InstalledPack } from '../../packs/installedPack.ts';
import { modelStems } from './modelStems.ts';
import type { SeparationModel } from './separationModel.ts';

/**
 * A graph that takes waveforms [batch, channels, window] and gives waveforms [batch, stems, channels, window]
 * (or [batch, stems * channels, window]): Demucs v1 to v3, Conv-TasNet, Open-Unmix-like exports with their
 * transforms inside.
 */
export function waveform(pack: InstalledPack, model: Model): SeparationModel {
  const { manifest } = pack;
  const { windowSamples: window, channels } = manifest.model;
  const input = manifest.model.inputs[0]!.name;
  const output = manifest.model.outputs[0]!.name;
  const stems = modelStems(manifest);
  return {
    sampleRate: manifest.model.sampleRate,
    channels,
    window,
    overlap: manifest.model.overlapSamples,
    context: 0,
    maxBatch: manifest.model.maxBatch,
    stems,
    wantsUnitLevel: true,
    // It may change in the middle: a failing device is left for the CPU.
    get provider() {
      return model.provider;
    },
    run: async (windows) => {
      const data = new Float32Array(windows.length * channels * window);
      for (const [item, planes] of windows.entries()) {
        for (const [channel, plane] of planes.entries())
          data.set(plane, (item * channels + channel) * window);
      }
      const results = await model.run({ [input]: { data, dims: [windows.length, channels, window] } });
      const separated = results[output]!.data;
      return windows.map((_, item) =>
        stems.map((_, stem) =>
          Array.from({ length: channels }, (__, channel) => {
            const at = ((item * stems.length + stem) * channels + channel) * window;
            return separated.slice(at, at + window);
          }),
        ),
      );
    },
    close: () => model.close(),
  };
}
