import type { AudioReader } from '../../audio/audioStream.ts';
import type { Samples } from '../../contracts/units.ts';
import type { State } from '../../platform/checkpoint.ts';
import type { ChunkSink } from '../chunker/runChunks.ts';
import { memoryAudio } from './memoryAudio.ts';
import { commonPeriod, filterMargin, type FrameRange } from './modelRange.ts';
import { StemFiles, blockFrames, type StemFilesOf, type WrittenStems } from './stemFiles.ts';
import { contextFrames, stemsLikeSource } from './stemsLikeSource.ts';

export interface StemSinkOf extends StemFilesOf {
  /** What the model hears. */
  readonly mix: AudioReader;
  /** The frames of `mix` that are separated. */
  readonly part: FrameRange;
  /** The source frame at the instant of the first of them. */
  readonly origin: Samples;
  readonly signal: AbortSignal;
}

/**
 * Turns the model's estimates into the finished stems as they come, so that nothing but the results is ever on
 * disk. It keeps only the last estimates that the resampling filter (and the windows of channel masks) still
 * need. What is made of a piece depends on the estimates around it alone, not on what was made before: the
 * resampler starts anew for every piece, far enough ahead, at an instant that both rates share.
 */
export class StemSink implements ChunkSink {
  readonly #margin: Samples;
  readonly #period: { source: Samples; model: Samples };
  readonly #context: Samples;
  /** Estimates from model frame `#keptFrom` of the part on: [stem · channel][frame]. */
  #kept: Float32Array[];
  #keptFrom: Samples = 0;
  readonly #files: StemFiles;

  constructor(private readonly of: StemSinkOf) {
    const { source, mix, plan } = of;
    this.#files = new StemFiles(of);
    this.#margin = filterMargin(mix.sampleRate, source.sampleRate);
    this.#period = commonPeriod(source.sampleRate, mix.sampleRate);
    this.#context = contextFrames(source, mix);
    this.#kept = Array.from({ length: plan.names.length * mix.channels }, () => new Float32Array(0));
  }

  readonly state: State = (archive) => {
    this.#kept = archive.pass(this.#kept);
    this.#keptFrom = archive.pass(this.#keptFrom);
    this.#files.state(archive);
  };

  open(): Promise<void> {
    return this.#files.open();
  }

  async append(audio: readonly Float32Array[]): Promise<void> {
    this.#kept = this.#kept.map((plane, index) => {
      const both = new Float32Array(plane.length + audio[index]!.length);
      both.set(plane);
      both.set(audio[index]!, plane.length);
      return both;
    });
    await this.#write(this.#readyBefore());
    this.#forget();
  }

  flush(): Promise<void> {
    return this.#files.flush();
  }

  /** To be called after the last estimates: writes what waited for more, and gives the files their names. */
  async finish(): Promise<WrittenStems> {
    await this.#write(this.#end);
    return await this.#files.finish();
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  /** Source frames before this one have all the estimates around them that they need. */
  #readyBefore(): Samples {
    const { source, mix, origin } = this.of;
    const estimates = this.#keptFrom + this.#kept[0]!.length;
    const reached = Math.floor(((estimates - this.#margin) * source.sampleRate) / mix.sampleRate);
    return Math.min(this.#end, origin + reached - this.#context);
  }

  get #end(): Samples {
    return this.of.range.start + this.of.range.frames;
  }

  async #write(end: Samples): Promise<void> {
    if (end <= this.#files.next) return;
    const { source, mix, part, origin, signal, plan } = this.of;
    const estimates = plan.names.map((_, stem) =>
      memoryAudio(this.#kept.slice(stem * mix.channels, (stem + 1) * mix.channels), mix.sampleRate),
    );
    const blocks = stemsLikeSource(estimates, {
      source,
      mix,
      part: { start: part.start + this.#keptFrom, frames: this.#kept[0]!.length },
      origin: origin + (this.#keptFrom / this.#period.model) * this.#period.source,
    });
    while (this.#files.next < end) {
      signal.throwIfAborted();
      await this.#files.write(await blocks(this.#files.next, Math.min(blockFrames, end - this.#files.next)));
    }
  }

  /** Drops estimates that no later frame needs, in whole periods. */
  #forget(): void {
    const { source, mix, origin } = this.of;
    const needed = this.#files.next - origin - this.#context;
    const from = Math.floor((needed * mix.sampleRate) / source.sampleRate) - this.#margin;
    const keepFrom = Math.max(this.#keptFrom, Math.floor(from / this.#period.model) * this.#period.model);
    this.#kept = this.#kept.map((plane) => plane.slice(keepFrom - this.#keptFrom));
    this.#keptFrom = keepFrom;
  }
}
