import { statSync } from 'node:fs';
import { z } from 'zod';
import { SourceFile, linksOf, type AnyJob, type Link } from './job.ts';

/** Bytes a second of uncompressed stereo at 44.1 kHz and 16 bit, and of a usual compressed file. */
const uncompressedRate = 44_100 * 2 * 2;
const compressedRate = 24_000;
const losslessRate = 90_000;

/** A guess at the length of a file that has not been decoded; only to weigh a progress bar. */
function guessSeconds(path: string): number {
  const rate = /\.(wav|wave|w64|rf64|bwf|aiff?)$/i.test(path)
    ? uncompressedRate
    : /\.(flac|alac)$/i.test(path)
      ? losslessRate
      : compressedRate;
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / rate;
}

const withFrames = z.object({ frames: z.number(), sampleRate: z.number().positive() });
const withRange = z.object({ range: z.object({ frames: z.number() }) });

/** Operations whose work grows with the sum of their inputs; that of the others with the longest one. */
const summing = new Set(['mix', 'render-mix']);

/** Seconds of audio that jobs work on: exact where it has been decoded, otherwise guessed. */
export class AudioLengths {
  readonly #exact = new Map<AnyJob, number>();

  /** Learns the length from a result. */
  learn(job: AnyJob, output: unknown): void {
    const audio = withFrames.safeParse(output);
    if (audio.success) this.#exact.set(job, audio.data.frames / audio.data.sampleRate);
  }

  /** Seconds of audio that the job has to go through. */
  workOf(job: AnyJob): number {
    const lengths = linksOf(job.input).map((link) => this.#lengthOf(link));
    const whole = summing.has(job.operation)
      ? lengths.reduce((sum, length) => sum + length, 0)
      : Math.max(0, ...lengths);
    const range = withRange.safeParse(job.input);
    // A range counts source frames; no common rate is lower than 44.1 kHz by enough to matter for a bar.
    return range.success ? Math.min(whole, range.data.range.frames / 44_100) : whole;
  }

  #lengthOf(link: Link): number {
    if (link instanceof SourceFile) return guessSeconds(link.path);
    const exact = this.#exact.get(link.job);
    if (exact !== undefined) return exact;
    return Math.max(0, ...linksOf(link.job.input).map((below) => this.#lengthOf(below)));
  }
}
