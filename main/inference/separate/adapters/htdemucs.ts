import { Stft, type Spectrogram } from '../../../audio/stft.ts';
import type { Planar } from '../../../audio/audioStream.ts';
import type { Model } from '../../onnx/model.ts';
import type { InstalledPack } from '../../packs/installedPack.ts';
import { modelStems } from './modelStems.ts';
import { packConstant } from '../../packs/packConstant.ts';
import type { SeparationModel } from './separationModel.ts';
import { windowByWindow } from './windowByWindow.ts';

/**
 * Hybrid Transformer Demucs (Rouard, Massa, Défossez 2022, arXiv:2211.08553) as an ONNX graph without its
 * Fourier transforms: it takes the waveform [1, 2, window] and the spectrogram [1, 4, bins, frames]
 * (left re, left im, right re, right im) and gives a spectrogram [1, stems, 4, bins, frames] and a waveform
 * [1, stems, 2, window] whose sum, after the inverse transform, is the result. The graph normalises by itself.
 */
export function htdemucs(pack: InstalledPack, model: Model): SeparationModel {
  const { manifest } = pack;
  const { windowSamples: window, channels } = manifest.model;
  const [waveName, spectrumName] = manifest.model.inputs.map(({ name }) => name);
  const [spectrumOut, waveOut] = manifest.model.outputs.map(({ name }) => name);
  const size = packConstant(manifest, 'fftSize');
  const hop = packConstant(manifest, 'hop');
  const bins = packConstant(manifest, 'bins');
  const frames = packConstant(manifest, 'frames');

  // Demucs' `_spec`: the window is reflected by 1.5 hops at its start and to a whole number of hops plus 1.5
  // at its end; of the centred frames of that, two are dropped at either end, and the Nyquist bin always.
  const stft = new Stft({ size, hop, normalized: true });
  const margin = 1.5 * hop;
  const firstFrame = 2;
  const padded = frames * hop + 2 * margin;
  const plane = bins * frames;
  const stems = modelStems(manifest);

  const view = (data: Float32Array, at: number): Spectrogram => ({
    real: data,
    imag: data,
    realStart: at,
    imagStart: at + plane,
    bins,
    frames,
    binStride: frames,
    frameStride: 1,
  });

  const left = new Float32Array(padded);
  const right = new Float32Array(padded);
  const wave = new Float32Array(channels * window);
  const spectrum = new Float32Array(2 * channels * plane);
  const spectra = [view(spectrum, 0), view(spectrum, 2 * plane)];

  async function separate(planes: Planar): Promise<Float32Array[][]> {
    for (const [channel, samples] of planes.entries()) {
      wave.set(samples, channel * window);
      reflect(samples, channel === 0 ? left : right, margin);
    }
    stft.forward([left, right], spectra, firstFrame);
    const results = await model.run({
      [waveName!]: { data: wave, dims: [1, channels, window] },
      [spectrumName!]: { data: spectrum, dims: [1, 2 * channels, bins, frames] },
    });
    const spectral = results[spectrumOut!]!.data;
    const temporal = results[waveOut!]!.data;
    return stems.map((_, stem) => {
      const at = stem * 2 * channels * plane;
      stft.inverse([view(spectral, at), view(spectral, at + 2 * plane)], [left, right], firstFrame);
      return [left, right].map((spectralPart, channel) => {
        const sum = spectralPart.slice(margin, margin + window);
        const start = (stem * channels + channel) * window;
        for (let frame = 0; frame < window; frame++) sum[frame]! += temporal[start + frame]!;
        return sum;
      });
    });
  }

  // The graph normalises by itself, but with epsilons that would eat quiet passages.
  return windowByWindow(pack, model, { window, context: 0, wantsUnitLevel: true }, separate);
}

/** Copies `samples` to `to[margin...]` and mirrors it into the margins, end points not repeated. */
function reflect(samples: Float32Array, to: Float32Array, margin: number): void {
  to.set(samples, margin);
  for (let i = 1; i <= margin; i++) to[margin - i] = samples[i]!;
  const last = samples.length - 1;
  for (let at = margin + samples.length, i = 1; at < to.length; at++, i++) to[at] = samples[last - i]!;
}
