import { SoniError } from '../../contracts/errors.ts';
import type { Archive } from '../../platform/checkpoint.ts';

/** +120 dBFS: nothing that was ever audio is louder; integers that are labelled as floats are. */
const loudest = 1e6;
/** More bad samples than one in so many mean that the file is something else. */
const tolerated = 100;

/**
 * Finds samples that are no sound (NaN, infinite, beyond +120 dBFS) and silences them. One such sample would
 * spread over everything that is computed from the file; a few of them are what a crashed plugin leaves in a
 * long export, which should not stop a night's work, so they are replaced and reported. Where there are many,
 * the file is refused.
 */
export class SampleGuard {
  #bad = 0;
  #samples = 0;
  #first: { frame: number; channel: number } | null = null;
  #frames = 0;

  constructor(
    readonly path: string,
    readonly sampleRate: number,
  ) {}

  /** Replaces bad samples in place. */
  clean(block: readonly Float32Array[]): void {
    for (const [channel, plane] of block.entries()) {
      for (let frame = 0; frame < plane.length; frame++) {
        // Also false for NaN.
        if (Math.abs(plane[frame]!) <= loudest) continue;
        plane[frame] = 0;
        this.#bad++;
        this.#first ??= { frame: this.#frames + frame, channel };
      }
      this.#samples += plane.length;
    }
    this.#frames += block[0]?.length ?? 0;
  }

  state(archive: Archive): void {
    this.#bad = archive.pass(this.#bad);
    this.#samples = archive.pass(this.#samples);
    this.#first = archive.pass(this.#first);
    this.#frames = archive.pass(this.#frames);
  }

  /**
   * To be called after the last block.
   * @returns a note for the user, or `null` when all samples were sound
   * @throws SoniError `bad-input` when too many were not
   */
  verdict(): string | null {
    if (this.#first === null) return null;
    const seconds = (this.#first.frame / this.sampleRate).toFixed(3);
    const where = `the first at ${seconds} s (sample ${this.#first.frame}, channel ${this.#first.channel + 1})`;
    const what = 'not a number, infinite or above +120 dBFS';
    const some = this.#bad === 1 ? '1 sample is' : `${this.#bad} samples are`;
    if (this.#bad * tolerated > this.#samples) {
      throw new SoniError(
        'bad-input',
        `${this.path} is damaged: ${some} ${what}, ${where}. Export it again from its source.`,
      );
    }
    return `${some} ${what}, ${where}; replaced by silence.`;
  }
}
