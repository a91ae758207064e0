import { openWav } from '../audio/wav/wavReader.ts';
import { foldChannels } from '../audio/resample/foldChannels.ts';
import { Resampler, resampledLength } from '../audio/resample/resampler.ts';
import type { AudioReader } from '../audio/audioStream.ts';
import type { Archive, Stage } from '../platform/checkpoint.ts';

/** A track read from start to end as stereo at the session's rate; before and after it is silence. */
export interface TrackStream extends Stage {
  /** Length at the session's rate, with the silence before it. */
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
  /** Frames of silence still to come before the audio. */
  private lead: number;

  constructor(
    private readonly reader: AudioReader,
    sampleRate: number,
    start: number,
  ) {
    this.lead = resampledLength(start, reader.sampleRate, sampleRate);
    this.frames = this.lead + resampledLength(reader.frames, reader.sampleRate, sampleRate);
    this.resampler =
      reader.sampleRate === sampleRate ? null : new Resampler(reader.sampleRate, sampleRate, 2);
  }

  async next(left: Float64Array, right: Float64Array): Promise<void> {
    let filled = Math.min(this.lead, left.length);
    this.lead -= filled;
    left.fill(0, 0, filled);
    right.fill(0, 0, filled);
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

  state(archive: Archive): void {
    this.lead = archive.pass(this.lead);
    this.position = archive.pass(this.position);
    this.ready = archive.pass(this.ready.map((plane) => plane.subarray(this.used)));
    this.used = 0;
    this.ended = archive.pass(this.ended);
    this.resampler?.state(archive);
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

/**
 * Opens a WAV as a stereo stream at `sampleRate` (its own rate when `null`). Mono feeds both sides.
 * @param start frames of silence before it, at its own rate
 */
export async function openTrack(
  path: string,
  sampleRate: number | null,
  start = 0,
): Promise<TrackStream & { readonly sampleRate: number; readonly channels: number }> {
  const reader = await openWav(path);
  const rate = sampleRate ?? reader.sampleRate;
  const stream = new ResampledTrack(reader, rate, start);
  return Object.assign(stream, { sampleRate: rate, channels: reader.channels });
}
