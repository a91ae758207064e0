import { GrowingArray } from '../../analysis/growingArray.ts';
import { LogMelFrames, melBands, melSilence } from '../../analysis/logMelFrames.ts';
import type { Hertz } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import type { HeadLayout } from './headLayout.ts';
import { melStatistics } from './melStatistics.ts';

/** A frame sounds when one of its mel bands reaches this: 60 dB under a full-scale sine. */
const soundingFrom = -1;

/** One run of the head without its features. */
export interface HeadWindow {
  /** The first coarse frame. */
  readonly first: number;
  /** Coarse frames of the piece in it; the rest of the window is silence. */
  readonly frames: number;
  readonly mel: Float32Array;
  readonly statistics: Float32Array;
  /** 1 where it sounds. */
  readonly mask: Float32Array;
}

/** Cuts a mono stream into the windows that the tagging head takes, without overlap. */
export class HeadWindows {
  private readonly mel: LogMelFrames;
  /** Log-mel frames not yet in a window: shape [frames][bands]. */
  private pending = new GrowingArray(melBands, 4096);
  private first = 0;
  private previousMean: Float32Array | null = null;

  constructor(
    private readonly layout: HeadLayout,
    sampleRate: Hertz,
  ) {
    this.mel = new LogMelFrames(sampleRate, (bands) => this.pending.next().set(bands));
  }

  push(mono: Float64Array): void {
    this.mel.push(mono);
  }

  finish(): void {
    this.mel.finish();
  }

  /** The next full window; with `last` also one that is not full. `null` when there is none. */
  take(last = false): HeadWindow | null {
    const { frames, melPerFrame, melWidth, extraWidth } = this.layout;
    const values = this.pending.values;
    const present = Math.min(frames, Math.ceil(this.pending.frames / melPerFrame));
    if (present === 0 || (!last && this.pending.frames < frames * melPerFrame)) return null;
    const used = Math.min(values.length, present * melWidth);
    const mel = new Float32Array(frames * melWidth).fill(melSilence);
    mel.set(values.subarray(0, used));
    const rest = values.slice(used);
    const statistics = new Float32Array(frames * extraWidth);
    const mask = new Float32Array(frames);
    for (let n = 0; n < frames; n++) {
      const frame = mel.subarray(n * melWidth, (n + 1) * melWidth);
      const into = statistics.subarray(n * extraWidth, n * extraWidth + 3 * melBands);
      melStatistics(frame, melBands, this.previousMean, into);
      this.previousMean = into.slice(0, melBands);
      mask[n] = n < present && frame.some((value) => value > soundingFrom) ? 1 : 0;
    }
    this.pending = new GrowingArray(melBands, 4096);
    for (let at = 0; at < rest.length; at += melBands)
      this.pending.next().set(rest.subarray(at, at + melBands));
    const first = this.first;
    this.first += present;
    return { first, frames: present, mel, statistics, mask };
  }

  state(archive: Archive): void {
    this.mel.state(archive);
    this.pending.state(archive);
    this.first = archive.pass(this.first);
    const mean = archive.pass(this.previousMean ?? new Float32Array(0));
    this.previousMean = mean.length === 0 ? null : mean;
  }
}
