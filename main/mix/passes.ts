import type { OperationContext } from '../contracts/operations.ts';
import { LoudnessMeter, type Loudness } from '../audio/loudness/loudnessMeter.ts';
import type { Checkpoint, Stage } from '../platform/checkpoint.ts';
import { measureFile } from './measureFile.ts';
import { mixdown, type Mixdown } from './mixdown.ts';
import { TrackMeter, type TrackMeasurement } from './trackMeasurement.ts';

/** What hears a mix as it is rendered. */
interface Listener<Result> extends Stage {
  hear(left: Float64Array, right: Float64Array): void;
  result(): Result;
}

export function loudnessListener(sampleRate: number): Listener<Loudness> {
  const meter = new LoudnessMeter(sampleRate, 2);
  return {
    hear: (left, right) => meter.process([Float32Array.from(left), Float32Array.from(right)]),
    result: () => meter.result(),
    state: (archive) => meter.state(archive),
  };
}

export function trackListener(sampleRate: number, frames: number): Listener<TrackMeasurement> {
  const meter = new TrackMeter(sampleRate, 2, frames);
  return {
    hear: (left, right) => meter.push(left, right),
    result: () => meter.finish(),
    state: (archive) => meter.state(archive),
  };
}

/** The passes over audio that a plan takes: each a step of the checkpoint, all under one progress. */
export class Passes {
  #done = 0;

  /** @param total the work of all passes, in the unit of `skip`, `measure` and `render` */
  constructor(
    private readonly total: number,
    private readonly context: OperationContext,
    private readonly checkpoint: Checkpoint,
  ) {}

  measure(track: Parameters<typeof measureFile>[0], work: number): Promise<TrackMeasurement> {
    const { checkpoint, context } = this;
    return this.#pass(work, (onPart) => measureFile(track, { signal: context.signal, checkpoint, onPart }));
  }

  /** Renders a mix for somebody to hear. */
  render<Result>(
    mix: Pick<Mixdown, 'tracks' | 'reverb' | 'session'>,
    listen: () => Listener<Result>,
    work: number,
  ): Promise<Result> {
    const { checkpoint, context } = this;
    return this.#pass(work, async (onPart) => {
      const listener = listen();
      await mixdown({
        ...mix,
        signal: context.signal,
        resume: { checkpoint, listener },
        onBlock: (left, right, position) => {
          listener.hear(left, right);
          onPart((position + left.length) / mix.session.frames);
        },
      });
      return listener.result();
    });
  }

  /** Work that need not be done. */
  skip(work: number): void {
    this.#done += work;
  }

  finish(): void {
    this.#tell(Infinity);
  }

  async #pass<Result>(
    work: number,
    pass: (onPart: (part: number) => void) => Promise<Result>,
  ): Promise<Result> {
    const result = await this.checkpoint.step(() => pass((part) => this.#tell(part * work)));
    this.skip(work);
    return result;
  }

  #tell(inPass: number): void {
    const { total } = this;
    this.context.progress({ done: Math.min(total, this.#done + inPass), total });
  }
}
