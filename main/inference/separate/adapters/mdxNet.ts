import type { Planar } from '../../../audio/audioStream.ts';
import { Stft, type Spectrogram } from '../../../audio/stft.ts';
import type { Model } from '../../onnx/model.ts';
import type { InstalledPack } from '../../packs/installedPack.ts';
import { modelStems } from './modelStems.ts';
import { packConstant } from '../../packs/packConstant.ts';
import type { SeparationModel } from './separationModel.ts';
import { windowByWindow } from './windowByWindow.ts';

/** The lowest bins are silenced before the model sees them, as Ultimate Vocal Remover does for all these models. */
const silencedBins = 3;

/**
 * An MDX-Net (Kim, Choi, Chung, Lee, Jung: "KUIELab-MDX-Net", 2021, arXiv:2111.12203) as Ultimate Vocal Remover
 * uses them: it takes the spectrogram [1, 2 * channels, bins, frames] (left re, left im, right re, right im) of a
 * centred STFT, only the lower bins of it, and gives that of its stem, or [1, stems * 2 * channels, bins, frames].
 * Above its bins it knows nothing. `compensate` makes up for the level that a model loses.
 */
export function mdxNet(pack: InstalledPack, model: Model): SeparationModel {
  const { manifest } = pack;
  const { windowSamples: heard, channels } = manifest.model;
  const input = manifest.model.inputs[0]!.name;
  const output = manifest.model.outputs[0]!.name;
  const hop = packConstant(manifest, 'hop');
  const bins = packConstant(manifest, 'bins');
  const frames = packConstant(manifest, 'frames');
  const compensate = Number(manifest.model.constants['compensate'] ?? 1);
  const size = packConstant(manifest, 'fftSize');
  // Frames at the ends of what it hears look at a reflection half a transform long: of that nothing is used.
  const context = size / 2;
  const window = heard - 2 * context;
  const stft = new Stft({ size, hop });
  const stems = modelStems(manifest);
  const plane = bins * frames;

  const views = (data: Float32Array, at: number): Spectrogram[] =>
    Array.from({ length: channels }, (_, channel) => ({
      real: data,
      imag: data,
      realStart: at + 2 * channel * plane,
      imagStart: at + (2 * channel + 1) * plane,
      bins,
      frames,
      binStride: frames,
      frameStride: 1,
    }));

  const spectrum = new Float32Array(2 * channels * plane);
  const spectra = views(spectrum, 0);
  const silenced = Math.min(silencedBins, bins) * frames;

  async function separate(planes: Planar): Promise<Float32Array[][]> {
    stft.forward(planes, spectra);
    for (let part = 0; part < 2 * channels; part++) spectrum.fill(0, part * plane, part * plane + silenced);
    const results = await model.run({
      [input]: { data: spectrum, dims: [1, 2 * channels, bins, frames] },
    });
    const { data } = results[output]!;
    return stems.map((_, stem) => {
      const waves = planes.map(() => new Float32Array(heard));
      stft.inverse(views(data, stem * 2 * channels * plane), waves);
      return waves.map((wave) =>
        wave.subarray(context, context + window).map((sample) => sample * compensate),
      );
    });
  }

  // Nothing inside normalises: it is to hear music at the level of music.
  return windowByWindow(pack, model, { window, context, wantsUnitLevel: false }, separate);
}
