import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { AudioLengths } from './audioLength.ts';
import { SourceFile, audioOf, job, type Job } from './job.ts';
import { ProgressTracker } from './progress.ts';
import { forecast, type RemainingJob } from './remainingTime.ts';
import { Speeds } from './speeds.ts';

let folder: string;
let speeds: Speeds;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-progress-'));
  speeds = new Speeds(join(folder, 'config/speeds.json'));
});
afterEach(() => rm(folder, { recursive: true }));

const decode = job('decode', 'Reading', { source: new SourceFile('/song.wav') });
const tag = job('tag', 'Listening', { audio: audioOf(decode) });
const resample = job('resample', 'Preparing', { audio: audioOf(decode), sampleRate: 44100, channels: 2 });

/** A minute of audio, decoded. */
function lengths(): AudioLengths {
  const known = new AudioLengths();
  known.learn(decode, { frames: 60 * 48000, sampleRate: 48000 });
  return known;
}

function tracked(jobs: readonly Job[]) {
  const seen: WorkflowProgress[] = [];
  let seconds = 0;
  const tracker = new ProgressTracker(
    jobs,
    lengths(),
    speeds,
    (each) => seen.push(each),
    () => seconds,
  );
  return {
    tracker,
    seen,
    last: () => seen.at(-1)!,
    at: (time: number) => {
      seconds = time;
    },
  };
}

describe('progress', () => {
  it('promises no time before anything has been measured', () => {
    const { tracker, last } = tracked([tag]);
    tracker.start(tag);
    expect(last()).toMatchObject({ label: 'Listening', fraction: 0, etaSeconds: null });
  });

  it('takes the time from what was measured before', () => {
    speeds.measured({ operation: 'tag', pack: null }, null, 60, 12);
    const { tracker, last, at } = tracked([tag]);
    tracker.start(tag);
    expect(last().etaSeconds).toBeCloseTo(12);
    at(0.5);
    tracker.update(tag, { done: 1, total: 4 });
    expect(last()).toMatchObject({ fraction: 0.25 });
    expect(last().etaSeconds).toBeCloseTo(9);
  });

  it('trusts the pace of this very run once there is one', () => {
    speeds.measured({ operation: 'tag', pack: null }, null, 60, 12);
    const { tracker, last, at } = tracked([tag]);
    tracker.start(tag);
    at(5);
    tracker.update(tag, { done: 0, total: 4 });
    at(15);
    tracker.update(tag, { done: 1, total: 4 });
    expect(last().etaSeconds).toBeCloseTo(30);
  });

  it('does not count what an earlier run had done as pace', () => {
    const { tracker, last, at } = tracked([tag]);
    tracker.start(tag);
    at(1);
    tracker.update(tag, { done: 80, total: 100 });
    expect(last().etaSeconds).toBeNull();
    at(11);
    tracker.update(tag, { done: 90, total: 100 });
    // A tenth took ten seconds, a tenth is left.
    expect(last().etaSeconds).toBeCloseTo(10);
  });

  it('weighs jobs by their expected time, and lanes run side by side', () => {
    speeds.measured({ operation: 'tag', pack: null }, null, 60, 30);
    speeds.measured({ operation: 'resample', pack: null }, null, 60, 10);
    const { tracker, last } = tracked([resample, tag]);
    tracker.start(resample);
    expect(last().etaSeconds).toBeCloseTo(40);
    tracker.finish(resample);
    tracker.start(tag);
    expect(last().fraction).toBeCloseTo(0.25);
    expect(last().etaSeconds).toBeCloseTo(30);
  });

  it('passes each note on at once, and once, and never goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 30 }), (reports) => {
        const { tracker, seen } = tracked([tag]);
        tracker.start(tag);
        for (const done of reports) {
          tracker.update(tag, { done, total: 100, note: `at ${done}` });
          expect(seen.some(({ note }) => note === `at ${done}`)).toBe(true);
        }
        expect(seen.filter(({ note }) => note !== undefined)).toHaveLength(new Set(reports).size);
        const fractions = seen.map(({ fraction }) => fraction);
        expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
      }),
    );
  });
});

describe('measured speeds', () => {
  it('are kept over runs, apart by pack and version, newest provider first', async () => {
    const subject = (version: string) => ({ operation: 'separate' as const, pack: { id: 'p', version } });
    speeds.measured(subject('1'), 'cpu', 60, 60);
    speeds.measured(subject('2'), 'cpu', 60, 30);
    await speeds.save();
    const again = new Speeds(join(folder, 'config/speeds.json'));
    expect(again.expect(subject('1'))).toEqual({ cost: 1, measured: true });
    expect(again.expect(subject('2'))).toEqual({ cost: 0.5, measured: true });
    expect(again.expect(subject('3')).measured).toBe(false);
  });

  it('move slowly, and hardly for a very short run', () => {
    const subject = { operation: 'tag' as const, pack: null };
    speeds.measured(subject, null, 60, 60);
    speeds.measured(subject, null, 60, 120);
    expect(speeds.expect(subject).cost).toBeCloseTo(1.3);
    speeds.measured(subject, null, 1, 100);
    expect(speeds.expect(subject).cost).toBeLessThan(2.5);
  });

  it('of two processes are joined when saved', async () => {
    const other = new Speeds(join(folder, 'config/speeds.json'));
    speeds.measured({ operation: 'tag', pack: null }, null, 60, 60);
    other.measured({ operation: 'decode', pack: null }, null, 60, 6);
    await speeds.save();
    await other.save();
    const third = new Speeds(join(folder, 'config/speeds.json'));
    expect(third.expect({ operation: 'tag', pack: null }).measured).toBe(true);
    expect(third.expect({ operation: 'decode', pack: null }).measured).toBe(true);
  });
});

describe('forecast', () => {
  it('adds up a chain and overlaps lanes', () => {
    const a: RemainingJob = { lane: 'signal', seconds: 2, after: [] };
    const b: RemainingJob = { lane: 'model', seconds: 10, after: [a] };
    const c: RemainingJob = { lane: 'signal', seconds: 3, after: [a] };
    const d: RemainingJob = { lane: 'signal', seconds: 1, after: [b] };
    expect(forecast([a, b, c, d])).toBe(13);
    expect(forecast([])).toBe(0);
  });

  it('lies between the longest lane and the sum', () => {
    const jobs = fc.array(
      fc.record({ lane: fc.constantFrom('model', 'signal'), seconds: fc.nat(100), after: fc.nat(1000) }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(jobs, (raw) => {
        const made: RemainingJob[] = [];
        for (const { lane, seconds, after } of raw) {
          made.push({ lane, seconds, after: made.length === 0 ? [] : [made[after % made.length]!] });
        }
        const sum = (lane?: string) =>
          made
            .filter((each) => lane === undefined || each.lane === lane)
            .reduce((all, each) => all + each.seconds, 0);
        const total = forecast(made);
        expect(total).toBeLessThanOrEqual(sum());
        expect(total).toBeGreaterThanOrEqual(Math.max(sum('model'), sum('signal')));
      }),
    );
  });
});
