import { join } from 'node:path';
import type { AudioWriter } from '../../audio/audioStream.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';
import type { WavReader } from '../../audio/wav/wavReader.ts';
import { toDecibels, type Samples } from '../../contracts/units.ts';
import { remainderOf, residualPeak, snap } from './exactSum.ts';
import type { FrameRange } from './modelRange.ts';
import type { StemBlocks } from './stemsLikeSource.ts';
import type { StemPlan } from './stemPlan.ts';

const blockFrames = 1 << 16;

export interface StemWriting {
  readonly source: WavReader;
  readonly range: FrameRange;
  readonly plan: Pick<StemPlan, 'names' | 'remainder'>;
  /** The computed stems, in the order of the plan. */
  readonly stems: StemBlocks;
  readonly directory: string;
  readonly signal: AbortSignal;
  progress(framesDone: Samples): void;
}

export interface WrittenStems {
  readonly residualDb: number | null;
  readonly stems: { stem: string; file: string }[];
}

/** Writes the computed stems and the remainder, block by block, measuring on the way how well they sum. */
export async function writeStems(job: StemWriting): Promise<WrittenStems> {
  const { source, range } = job;
  const names = [...job.plan.names, job.plan.remainder];
  const options = {
    sampleRate: source.sampleRate,
    channels: source.channels,
    encoding: 'float32',
    channelMask: source.channelMask,
    timeReference: source.timeReference === null ? null : source.timeReference + range.start,
  } as const;
  const writers: AudioWriter[] = [];
  let peak = 0;
  try {
    for (const name of names) writers.push(await createWav(join(job.directory, `${name}.wav`), options));
    for (let frame = 0; frame < range.frames; frame += blockFrames) {
      job.signal.throwIfAborted();
      const count = Math.min(blockFrames, range.frames - frame);
      const original = await source.read(range.start + frame, count);
      const planes = await job.stems(range.start + frame, count);
      for (const stem of planes) snap(stem);
      planes.push(remainderOf(original, planes));
      peak = Math.max(peak, residualPeak(original, planes));
      for (const [index, writer] of writers.entries()) await writer.write(planes[index]!);
      job.progress(frame + count);
    }
    for (const writer of writers) await writer.close();
  } catch (thrown) {
    for (const writer of writers) await writer.abort();
    throw thrown;
  }
  return {
    residualDb: peak === 0 ? null : toDecibels(peak),
    stems: names.map((stem) => ({ stem, file: `${stem}.wav` })),
  };
}
