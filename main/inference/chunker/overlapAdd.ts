import type { Planar } from '../../audio/audioStream.ts';
import type { Stage, State } from '../../platform/checkpoint.ts';
import { chunkAt, finishedAfter, type ChunkPlan } from './chunkPlan.ts';

/** Triangle of whole numbers, symmetric, never 0: 1, 2 ... n/2, n/2 ... 2, 1. */
const triangle = (window: number): Float32Array =>
  Float32Array.from({ length: window }, (_, frame) => Math.min(frame + 1, window - frame));

/**
 * Weighted overlap-add: every chunk is faded in and out by a triangle over its window and divided by the
 * sum of the triangles that lie over a frame, so that chunks that agree come out unchanged, up to float32
 * rounding. Holds one window per channel. Chunks are added in order.
 */
export class OverlapAdd implements Stage {
  /** Sums that may still grow, from frame `#start` of the audio on: [channel][window]. */
  readonly #sums: Float32Array[];
  readonly #weight: Float32Array;
  /** Sum of the weights over the same frames as `#sums`; whole numbers below 2^24 for any sane window, so exact. */
  readonly #weightSum: Float64Array;
  #next = 0;

  constructor(
    readonly plan: ChunkPlan,
    channels: number,
  ) {
    this.#weight = triangle(plan.window);
    this.#weightSum = new Float64Array(plan.window);
    this.#sums = Array.from({ length: channels }, () => new Float32Array(plan.window));
  }

  /** What the chunks so far have left on frames that later chunks will add to. */
  readonly state: State = (archive) => {
    this.#next = archive.pass(this.#next);
    archive.inPlace(...[...this.#sums, this.#weightSum].map((sum) => sum.subarray(0, this.plan.overlap)));
  };

  /**
   * @param output what the model made of the next chunk's window: [channel][window]
   * @returns [channel][frames]: the frames that are finished now, following those returned before
   */
  add(output: Planar): Float32Array[] {
    const chunk = chunkAt(this.plan, this.#next);
    const padding = chunk.start - chunk.windowStart;
    for (let frame = 0; frame < chunk.frames; frame++) this.#weightSum[frame]! += this.#weight[frame]!;
    const ready = finishedAfter(this.plan, chunk.index) - chunk.start;
    const finished = this.#sums.map((sum, channel) => {
      const samples = output[channel]!;
      for (let frame = 0; frame < chunk.frames; frame++) {
        sum[frame]! += samples[padding + frame]! * this.#weight[frame]!;
      }
      const done = new Float32Array(ready);
      for (let frame = 0; frame < ready; frame++) done[frame] = sum[frame]! / this.#weightSum[frame]!;
      sum.copyWithin(0, this.plan.hop);
      sum.fill(0, this.plan.overlap);
      return done;
    });
    this.#weightSum.copyWithin(0, this.plan.hop);
    this.#weightSum.fill(0, this.plan.overlap);
    this.#next++;
    return finished;
  }
}
