import type { AudioReader } from '../../audio/audioStream.ts';
import type { Samples } from '../../contracts/units.ts';
import { atSourceRate } from './atSourceRate.ts';
import { ChannelMasks, maskMargin } from './channelMasks.ts';
import { remainderOf } from './exactSum.ts';
import type { FrameRange } from './modelRange.ts';

export interface Placement {
  readonly source: AudioReader;
  /** What the model heard. */
  readonly mix: AudioReader;
  /** The frames of `mix` that the estimates are of. */
  readonly part: FrameRange;
  /** The source frame at the instant of the first frame of the estimates. */
  readonly origin: Samples;
}

/** Reads stems at the source's rate and channel count: source frames, forwards only, [stem][channel][count]. */
export type StemBlocks = (start: Samples, count: Samples) => Promise<Float32Array[][]>;

/** Source frames that a stem frame depends on at either side, besides those of the resampling filter. */
export const contextFrames = (source: { channels: number }, mix: { channels: number }): Samples =>
  source.channels === 1 || source.channels === mix.channels ? 0 : maskMargin;

/**
 * The model's estimates as stems like their source. Rate: resampled, aligned to the sample. Channels: a stereo
 * source takes the estimates as they are, a mono one their mean, one of more channels is cut up by the
 * estimates' shares in it (`ChannelMasks`).
 */
export function stemsLikeSource(estimates: readonly AudioReader[], place: Placement): StemBlocks {
  const { source, mix, origin } = place;
  if (contextFrames(source, mix) > 0) return maskedStems(estimates, place);
  const stems = estimates.map((estimate) => atSourceRate(estimate, source.sampleRate));
  return async (start, count) => {
    const blocks: Float32Array[][] = [];
    for (const stem of stems) {
      const planes = await stem.read(start - origin, count);
      blocks.push(source.channels === planes.length ? planes : [meanOf(planes)]);
    }
    return blocks;
  };
}

function maskedStems(estimates: readonly AudioReader[], place: Placement): StemBlocks {
  const { source, mix, part, origin } = place;
  const remainder: AudioReader = {
    ...estimates[0]!,
    read: async (start, count) => {
      const stems: Float32Array[][] = [];
      for (const estimate of estimates) stems.push(await estimate.read(start, count));
      return remainderOf(await mix.read(part.start + start, stems[0]![0]!.length), stems);
    },
  };
  const lookBack = 2 * maskMargin;
  const all = [...estimates, remainder].map((reader) => atSourceRate(reader, source.sampleRate, lookBack));
  const masks = new ChannelMasks();
  return async (start, count) => {
    const from = start - maskMargin;
    const length = count + 2 * maskMargin;
    const planes: Float32Array[][] = [];
    for (const reader of all) planes.push(await readAround(reader, from - origin, length));
    const original = await readAround(source, from, length);
    return masks.separate(original, planes, estimates.length, from + maskMargin);
  };
}

/** Like `read`, with zeros before the start and after the end. */
async function readAround(reader: AudioReader, start: Samples, count: Samples): Promise<Float32Array[]> {
  const before = Math.max(0, 0 - start);
  const planes = await reader.read(start + before, count - before);
  return planes.map((plane) => {
    const padded = new Float32Array(count);
    padded.set(plane, before);
    return padded;
  });
}

function meanOf(planes: readonly Float32Array[]): Float32Array {
  return planes[0]!.map((_, frame) => planes.reduce((sum, plane) => sum + plane[frame]!, 0) / planes.length);
}
