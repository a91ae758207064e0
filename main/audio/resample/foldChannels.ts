import type { Planar } from '../audioStream.ts';

/** Weight of each source channel in one output channel. */
type Weights = readonly number[];

/** Minus 3 dB, for what is shared by both sides or stands behind (ITU-R BS.775-4, Table 2). */
const shared = Math.SQRT1_2;

/** To stereo, for channels in the order of WAVE files: L R C LFE Ls Rs ... The LFE channel is left out. */
function stereoWeights(channels: number): readonly [Weights, Weights] {
  if (channels === 6) {
    return [
      [1, 0, shared, 0, shared, 0],
      [0, 1, shared, 0, 0, shared],
    ];
  }
  // Which channels stand in the middle, by the usual layouts: 3.0, 5.0 and 7.1.
  const centre = [3, 5, 8].includes(channels) ? 2 : -1;
  const lowFrequency = channels === 8 ? 3 : -1;
  const side = (left: boolean) => {
    const weights = Array.from({ length: channels }, (_, channel): number => {
      if (channel === centre) return 1;
      if (channel === lowFrequency) return 0;
      // Behind a lone centre the pairs start at an odd place.
      const shift = centre >= 0 && lowFrequency < 0 && channel > centre ? 1 : 0;
      return ((channel + shift) % 2 === 0) === left ? 1 : 0;
    });
    const count = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / count);
  };
  return [side(true), side(false)];
}

function weighted(audio: Planar, weights: Weights): Float32Array {
  const out = new Float32Array(audio[0]!.length);
  for (const [channel, plane] of audio.entries()) {
    const weight = weights[channel]!;
    if (weight === 0) continue;
    for (let frame = 0; frame < out.length; frame++) out[frame]! += plane[frame]! * weight;
  }
  return out;
}

/**
 * Audio in one or two channels. Mono is the mean of all channels; stereo of mono is the same twice; stereo of
 * 5.1 follows ITU-R BS.775 (without normalising), of other layouts it is the mean of each side, centre on both.
 */
export function foldChannels(audio: Planar, channels: 1 | 2): Planar {
  if (audio.length === channels) return audio;
  if (channels === 1)
    return [
      weighted(
        audio,
        audio.map(() => 1 / audio.length),
      ),
    ];
  if (audio.length === 1) return [audio[0]!, audio[0]!];
  return stereoWeights(audio.length).map((weights) => weighted(audio, weights));
}
