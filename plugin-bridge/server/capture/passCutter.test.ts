import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassCutter, type PassSink } from './passCutter.ts';

interface CutTake {
  hostStart: number;
  streamStart: number;
  /** Stream frame of every frame; null where it is silent. */
  frames: (number | null)[];
  ended: boolean;
}

/** Collects what the cutter decides; every frame is known by its number in the stream. */
class Takes implements PassSink {
  readonly takes: CutTake[] = [];
  lostFrames = 0;
  /** Stream frame of the block's first frame. */
  block = 0;

  begin(hostStart: number, streamStart: number): void {
    if (this.takes.some(({ ended }) => !ended)) throw new Error('two takes are open at once');
    this.takes.push({ hostStart, streamStart, frames: [], ended: false });
  }
  audio(from: number, count: number): void {
    for (let n = 0; n < count; n++) this.takes.at(-1)!.frames.push(this.block + from + n);
  }
  silence(count: number): void {
    for (let n = 0; n < count; n++) this.takes.at(-1)!.frames.push(null);
  }
  end(): void {
    this.takes.at(-1)!.ended = true;
  }
  lost(count: number): void {
    this.lostFrames += count;
  }
}

type Step =
  | { readonly do: 'play'; readonly frames: number }
  | { readonly do: 'lose'; readonly frames: number; readonly told: boolean }
  | { readonly do: 'jump'; readonly to: number }
  | { readonly do: 'stop' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('play' as const), frames: fc.integer({ min: 1, max: 40 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('lose' as const),
        frames: fc.integer({ min: 1, max: 30 }),
        told: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('jump' as const), to: fc.integer({ min: -60, max: 200 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('stop' as const) }) },
  ),
  { maxLength: 40 },
);

/** Walks a transport as the steps say and lets the cutter see what a plugin would tell of it. */
function walk(path: readonly Step[]) {
  const sink = new Takes();
  const cutter = new PassCutter(sink, 48_000);
  /** Host position by stream frame. */
  const played = new Map<number, number>();
  const delivered: number[] = [];
  const lost = new Set<number>();
  let host = 0;
  let stream = 0;
  for (const step of path) {
    if (step.do === 'jump') host = step.to;
    else if (step.do === 'stop') cutter.stop();
    else {
      for (let n = 0; n < step.frames; n++) {
        played.set(stream + n, host + n);
        if (step.do === 'play') delivered.push(stream + n);
        else lost.add(stream + n);
      }
      const place = { hostFrame: host, streamFrame: stream, frames: step.frames };
      sink.block = stream;
      if (step.do === 'play') cutter.block(place);
      else if (step.told) cutter.gap(place);
      host += step.frames;
      stream += step.frames;
    }
  }
  cutter.stop();
  return { sink, played, delivered, lost };
}

describe('cutting a random walk of the transport into takes', () => {
  it('keeps every frame that arrived exactly once, in order, at its place on the host timeline', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const { sink, played, delivered } = walk(path);
        expect(sink.takes.flatMap(({ frames }) => frames.filter((frame) => frame !== null))).toEqual(
          delivered,
        );
        const places = sink.takes.flatMap(({ hostStart, frames }) =>
          frames.flatMap((frame, n) => (frame === null ? [] : [hostStart + n])),
        );
        expect(places).toEqual(delivered.map((frame) => played.get(frame)));
      }),
      { numRuns: 500 },
    );
  });

  it('is silent only where frames were lost, and exactly as long', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const { sink, played, lost } = walk(path);
        const silent = sink.takes.flatMap(({ hostStart, streamStart, frames }) =>
          frames.flatMap((frame, n) =>
            frame === null ? [{ host: hostStart + n, stream: streamStart + n }] : [],
          ),
        );
        expect(silent.every(({ stream }) => lost.has(stream))).toBe(true);
        expect(silent.map(({ host }) => host)).toEqual(silent.map(({ stream }) => played.get(stream)));
      }),
      { numRuns: 500 },
    );
  });

  it('accounts for every lost frame that was told', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const told = path.map((step) => (step.do === 'lose' ? { ...step, told: true } : step));
        const { sink, lost } = walk(told);
        const silent = sink.takes.flatMap(({ frames }) => frames).filter((frame) => frame === null).length;
        expect(silent + sink.lostFrames).toBe(lost.size);
      }),
      { numRuns: 500 },
    );
  });

  it('ends a take only at a stop, a jump, or host frame 0 after a pre-roll', () => {
    fc.assert(
      fc.property(steps, (path) => {
        const { sink } = walk(path.filter((step) => step.do !== 'stop'));
        for (const [index, take] of sink.takes.entries()) {
          expect(take.frames.length).toBeGreaterThan(0);
          const end = take.hostStart + take.frames.length;
          expect(take.hostStart < 0 && end > 0).toBe(false);
          const before = sink.takes[index - 1];
          if (before === undefined) continue;
          const goesOn =
            before.hostStart + before.frames.length === take.hostStart &&
            before.streamStart + before.frames.length === take.streamStart;
          expect(goesOn && take.hostStart !== 0).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a broken counter', () => {
  it('does not ask for hours of silence', () => {
    const sink = new Takes();
    const cutter = new PassCutter(sink, 48_000);
    cutter.block({ hostFrame: 0, streamFrame: 0, frames: 10 });
    cutter.gap({ hostFrame: 10, streamFrame: 10, frames: 2 ** 45 });
    cutter.block({ hostFrame: 2 ** 46, streamFrame: 2 ** 46, frames: 10 });
    cutter.stop();
    expect(sink.takes.map(({ hostStart, frames }) => [hostStart, frames.length])).toEqual([
      [0, 10],
      [2 ** 46, 10],
    ]);
  });
});
