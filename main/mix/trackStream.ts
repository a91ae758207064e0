import { openWav } from '../audio/wav/wavReader.ts';
import { foldChannels } from '../audio/resample/foldChannels.ts';
import { Resampler, resampledLength } from '../audio/resample/resampler.ts';
import type { AudioReader } from '../audio/audioStream.ts';

/** A track read from start to end as stereo at the session's rate; after its end it is silence. */
export interface TrackStream {
  /** Length at the session's rate. */
  readonly frames: number;
  /** The next `left.length` frames into `left` and `right`. */
  next(left: Float64Array, right: Float64Array): Promise<void>;
  close(): Promise<void>;
}

const readFrames = 1 << 15;

class ResampledTrack implements TrackStream {
  readonly frames: number;
  private readonly resampler: Resampler | null;
  private position = 0;
  private ready: readonly Float32Array[] = [new Float32Array(0), new Float32Array(0)];
  private used = 0;
  private ended = false;

  constructor(
    private readonly reader: AudioReader,
    sampleRate: number,
  ) {
    this.frames = resampledLength(reader.frames, reader.sampleRate, sampleRate);
    this.resampler =
      reader.sampleRate === sampleRate ? null : new Resampler(reader.sampleRate, sampleRate, 2);
  }

  async next(left: Float64Array, right: Float64Array): Promise<void> {
    let filled = 0;
    while (filled < left.length) {
      const available = this.ready[0]!.length - this.used;
      if (available === 0) {
        if (this.ended) break;
        await this.refill();
        continue;
      }
      const count = Math.min(available, left.length - filled);
      left.set(this.ready[0]!.subarray(this.used, this.used + count), filled);
      right.set(this.ready[1]!.subarray(this.used, this.used + count), filled);
      this.used += count;
      filled += count;
    }
    left.fill(0, filled);
    right.fill(0, filled);
  }

  private async refill(): Promise<void> {
    this.used = 0;
    if (this.position >= this.reader.frames) {
      this.ready = this.resampler?.finish() ?? [new Float32Array(0), new Float32Array(0)];
      this.ended = true;
      return;
    }
    const block = await this.reader.read(this.position, readFrames);
    this.position += readFrames;
    for (const plane of block) {
      // One bad sample would spread through the whole resampling filter.
      for (let n = 0; n < plane.length; n++) if (!Number.isFinite(plane[n]!)) plane[n] = 0;
    }
    const stereo = foldChannels(block, 2);
    this.ready = this.resampler?.process(stereo) ?? stereo;
  }

  async close(): Promise<void> {
    await this.reader.close();
  }
}

/** Opens a WAV as a stereo stream at `sampleRate` (its own rate when `null`). Mono feeds both sides. */
export async function openTrack(
  path: string,
  sampleRate: number | null,
): Promise<TrackStream & { readonly sampleRate: number; readonly channels: number }> {
  const reader = await openWav(path);
  const rate = sampleRate ?? reader.sampleRate;
  const stream = new ResampledTrack(reader, rate);
  return Object.assign(stream, { sampleRate: rate, channels: reader.channels });
}
