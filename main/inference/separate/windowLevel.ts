import type { Planar } from '../../audio/audioStream.ts';
import type { SeparationModel } from './adapters/separationModel.ts';

/**
 * Runs a model that wants it so at a window level near one and undoes it after: what comes out does not depend
 * on how loud the source is (Demucs divides by the standard deviation of the whole file; its epsilons would
 * still eat quiet passages). The gain is a power of two, so that it changes no mantissa. A window of digital
 * silence is answered with silence without asking the model.
 * @returns [batch][stem][channel][window]
 */
export async function runLevelled(
  windows: readonly Planar[],
  model: Pick<SeparationModel, 'stems' | 'window' | 'wantsUnitLevel' | 'run'>,
): Promise<Float32Array[][][]> {
  const gains = windows.map((window) => {
    const gain = levelGain(window);
    return gain === null || model.wantsUnitLevel ? gain : 1;
  });
  const audible = windows.flatMap((window, index) => {
    const gain = gains[index] ?? null;
    return gain === null ? [] : [scaled(window, gain)];
  });
  const results = audible.length === 0 ? [] : await model.run(audible);
  let next = 0;
  return windows.map((window, index) => {
    const gain = gains[index] ?? null;
    if (gain !== null) return results[next++]!.map((stem) => scaled(stem, 1 / gain));
    return model.stems.map(() => window.map(() => new Float32Array(model.window)));
  });
}

/** The power of two that brings the RMS of a window next to 1; `null` for digital silence. */
function levelGain(window: Planar): number | null {
  let energy = 0;
  for (const plane of window) for (const sample of plane) energy += sample * sample;
  const rms = Math.sqrt(energy / (window.length * window[0]!.length));
  // Below -600 dB there is nothing left to hear and 1 / rms would leave the range of float32.
  return rms > 1e-30 ? 2 ** -Math.round(Math.log2(rms)) : null;
}

const scaled = (planes: Planar, gain: number): Float32Array[] =>
  planes.map((plane) => plane.map((sample) => sample * gain));
