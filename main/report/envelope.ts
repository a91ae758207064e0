import { openSource } from '../audio/decode/openSource.ts';
import type { Seconds } from '../contracts/units.ts';

/** The outline of a piece of audio in equal steps of time, over all channels. */
export interface Envelope {
  /** Length of the audio. */
  readonly seconds: Seconds;
  /** Length of one step; the last one may be shorter. */
  readonly stepSeconds: Seconds;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly rms: readonly number[];
}

const leadFrames = 1 << 16;

interface Step {
  low: number;
  high: number;
  power: number;
  values: number;
}

const join = (a: Step, b: Step | undefined): Step =>
  b === undefined
    ? a
    : {
        low: Math.min(a.low, b.low),
        high: Math.max(a.high, b.high),
        power: a.power + b.power,
        values: a.values + b.values,
      };

/**
 * Collects the outline of audio whose length nobody knows yet: steps are joined in pairs whenever there are
 * twice as many as wanted, so that between `steps` and twice as many remain.
 */
export class EnvelopeCollector {
  #steps: Step[] = [];
  #stepFrames = 64;
  #frames = 0;

  constructor(
    private readonly steps: number,
    private readonly sampleRate: number,
  ) {}

  add(block: readonly Float32Array[]): void {
    const length = block[0]?.length ?? 0;
    for (let from = 0; from < length;) {
      const room = this.#stepFrames - (this.#frames % this.#stepFrames);
      const to = Math.min(length, from + room);
      if (this.#frames % this.#stepFrames === 0) this.#begin();
      const step = this.#steps.at(-1)!;
      for (const channel of block) {
        for (let i = from; i < to; i++) {
          const value = channel[i]!;
          if (value < step.low) step.low = value;
          if (value > step.high) step.high = value;
          step.power += value * value;
        }
        step.values += to - from;
      }
      this.#frames += to - from;
      from = to;
    }
  }

  finish(): Envelope {
    return {
      seconds: this.#frames / this.sampleRate,
      stepSeconds: this.#stepFrames / this.sampleRate,
      low: this.#steps.map((step) => step.low),
      high: this.#steps.map((step) => step.high),
      rms: this.#steps.map((step) => Math.sqrt(step.power / Math.max(1, step.values))),
    };
  }

  #begin(): void {
    if (this.#steps.length >= 2 * this.steps) {
      this.#steps = this.#steps.flatMap((step, i) => (i % 2 === 0 ? [join(step, this.#steps[i + 1])] : []));
      this.#stepFrames *= 2;
    }
    this.#steps.push({ low: 0, high: 0, power: 0, values: 0 });
  }
}

/**
 * Reads any supported audio file once from start to end.
 * @param start silence before it
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported`, and what `signal` is aborted with
 */
export async function envelopeOf(
  path: string,
  steps: number,
  { start = 0, signal }: { readonly start?: Seconds; readonly signal?: AbortSignal | undefined } = {},
): Promise<Envelope> {
  const source = await openSource(path);
  try {
    const collector = new EnvelopeCollector(steps, source.sampleRate);
    for (let lead = Math.round(start * source.sampleRate); lead > 0; lead -= leadFrames) {
      collector.add([new Float32Array(Math.min(lead, leadFrames))]);
    }
    for await (const block of source.blocks()) {
      signal?.throwIfAborted();
      collector.add(block);
    }
    return collector.finish();
  } finally {
    await source.close();
  }
}
