import { join } from 'node:path';
import type { Planar } from '../../audio/audioStream.ts';
import type { WavReader } from '../../audio/wav/wavReader.ts';
import { growWav, type GrowingWav } from '../../audio/wav/wavWriter.ts';
import { toDecibels, type Samples } from '../../contracts/units.ts';
import type { Stage, State } from '../../platform/checkpoint.ts';
import { remainderOf, residualPeak, snap } from './exactSum.ts';
import type { FrameRange } from './modelRange.ts';
import type { StemPlan } from './stemPlan.ts';

/** Frames that are made and written at a time. */
export const blockFrames: Samples = 1 << 16;

export interface StemFilesOf {
  readonly source: WavReader;
  readonly range: FrameRange;
  readonly plan: Pick<StemPlan, 'names' | 'remainder'>;
  readonly directory: string;
}

export interface WrittenStems {
  /** Peak of (source - sum of stems) in dBFS; `null` when it is digital silence. */
  readonly residualDb: number | null;
  readonly stems: { stem: string; file: string }[];
}

/**
 * The files of the stems and of the remainder, written forwards, with a measure of how well they sum. They
 * may be left and gone on with at any frame that was written.
 */
export class StemFiles implements Stage {
  /** Frames in every file. */
  #frames: Samples = 0;
  /** Largest residual in them. */
  #peak = 0;
  readonly #writers: GrowingWav[] = [];

  constructor(readonly of: StemFilesOf) {}

  readonly state: State = (archive) => {
    this.#frames = archive.pass(this.#frames);
    this.#peak = archive.pass(this.#peak);
  };

  /**
   * Opens the files for what follows the state.
   * @throws SoniError `corrupt` | `not-found` when they do not hold what it says, and of the disk
   */
  async open(): Promise<void> {
    const { source, range, plan, directory } = this.of;
    const options = {
      sampleRate: source.sampleRate,
      channels: source.channels,
      encoding: 'float32',
      channelMask: source.channelMask,
      timeReference: source.timeReference === null ? null : source.timeReference + range.start,
    } as const;
    for (const name of [...plan.names, plan.remainder]) {
      this.#writers.push(await growWav(join(directory, `${name}.wav`), options, this.#frames));
    }
  }

  /** The source frame that comes next. */
  get next(): Samples {
    return this.of.range.start + this.#frames;
  }

  /** @param stems the computed ones from `next` on, in the order of the plan: [stem][channel][frame]; changed in place */
  async write(stems: readonly Planar[]): Promise<void> {
    const frames = stems[0]![0]!.length;
    const original = await this.of.source.read(this.next, frames);
    for (const stem of stems) snap(stem);
    const all = [...stems, remainderOf(original, stems)];
    this.#peak = Math.max(this.#peak, residualPeak(original, all));
    for (const [index, writer] of this.#writers.entries()) await writer.write(all[index]!);
    this.#frames += frames;
  }

  /** All that was written is in the files afterwards. */
  async flush(): Promise<void> {
    for (const writer of this.#writers) await writer.flush();
  }

  /** Gives the files their names. */
  async finish(): Promise<WrittenStems> {
    for (const writer of this.#writers) await writer.close();
    const { names, remainder } = this.of.plan;
    return {
      residualDb: this.#peak === 0 ? null : toDecibels(this.#peak),
      stems: [...names, remainder].map((stem) => ({ stem, file: `${stem}.wav` })),
    };
  }

  /** Lets go of the files; unfinished ones stay for the next attempt. */
  async close(): Promise<void> {
    for (const writer of this.#writers) await writer.suspend();
  }
}
