import type { AudioReader } from '../../audio/audioStream.ts';
import { Resampler } from '../../audio/resample/resampler.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Hertz, Samples } from '../../contracts/units.ts';

const inputBlock = 1 << 15;

/**
 * A reader at another sample rate that is read forwards, in blocks that may overlap by `lookBack` frames.
 * After the end of the audio come zeros: a rounded length never leaves a stem short of its source.
 */
export function atSourceRate(reader: AudioReader, sampleRate: Hertz, lookBack: Samples = 0): AudioReader {
  const resampler = new Resampler(reader.sampleRate, sampleRate, reader.channels);
  /** Made and still kept: [channel][frame], from output frame `keptFrom` on. */
  let kept: Float32Array[] = Array.from({ length: reader.channels }, () => new Float32Array(0));
  let keptFrom = 0;
  let read = 0;
  let ended = false;

  async function more(): Promise<void> {
    const input = await reader.read(read, inputBlock);
    read += input[0]!.length;
    ended = input[0]!.length === 0;
    const output = ended ? resampler.finish() : resampler.process(input);
    kept = kept.map((plane, channel) => joined(plane, output[channel]!));
  }

  return {
    sampleRate,
    channels: reader.channels,
    frames: Infinity,
    async read(start, count) {
      if (start < keptFrom) {
        throw new SoniError(
          'internal',
          `Frame ${start} of resampled audio is gone, only ${keptFrom} on is kept.`,
        );
      }
      while (!ended && keptFrom + kept[0]!.length < start + count) await more();
      const result = kept.map((plane) => {
        const part = new Float32Array(count);
        part.set(plane.subarray(start - keptFrom, start - keptFrom + count));
        return part;
      });
      const drop = Math.min(kept[0]!.length, Math.max(0, start + count - lookBack - keptFrom));
      kept = kept.map((plane) => plane.slice(drop));
      keptFrom += drop;
      return result;
    },
    close: () => reader.close(),
  };
}

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
