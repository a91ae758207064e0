import type { OperationProgress } from '../../contracts/operations.ts';
import type { WorkflowProgress } from '../../contracts/workflows.ts';
import type { AudioLengths } from './audioLength.ts';
import { dependenciesOf, type AnyJob } from './job.ts';
import { laneOf } from './lane.ts';
import { forecast, type RemainingJob } from './remainingTime.ts';
import type { Speeds } from './speeds.ts';

/** From this much on, a running job's own pace says more than what was expected of it. */
const ownPaceFraction = 0.05;
const ownPaceSeconds = 1;
/**
 * A time is told only when at most this much of the rest is guesswork: on a first run that is soon after the
 * separation has shown its own pace, with the shorter jobs behind it still to be guessed.
 */
const mostGuesswork = 0.35;
const reportEveryMs = 100;

interface JobState {
  started: number | null;
  /**
   * The first report: the pace is counted from there, so that neither loading the model nor what an earlier
   * run had done already is taken for it.
   */
  first: { readonly time: number; readonly fraction: number } | null;
  fraction: number;
}

/** One bar over many jobs, and an honest forecast. */
export class ProgressTracker {
  readonly #states = new Map<AnyJob, JobState>();
  readonly #weights = new Map<AnyJob, number>();
  readonly #totalWeight: number;
  #highest = 0;
  #lastReport = -Infinity;
  #lastLabel = '';
  readonly #noted = new Set<string>();

  constructor(
    private readonly jobs: readonly AnyJob[],
    private readonly lengths: AudioLengths,
    private readonly speeds: Speeds,
    private readonly report: (progress: WorkflowProgress) => void,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {
    let total = 0;
    for (const job of jobs) {
      const weight = Math.max(this.#expected(job).seconds, 1e-3);
      this.#weights.set(job, weight);
      this.#states.set(job, { started: null, first: null, fraction: 0 });
      total += weight;
    }
    this.#totalWeight = total;
  }

  start(job: AnyJob): void {
    const state = this.#states.get(job);
    if (state === undefined) return;
    state.started = this.now();
    this.#tell();
  }

  update(job: AnyJob, { done, total, note }: OperationProgress): void {
    const state = this.#states.get(job);
    if (state === undefined) return;
    if (total > 0) {
      state.fraction = Math.min(1, Math.max(0, done / total));
      state.first ??= { time: this.now(), fraction: state.fraction };
    }
    if (note === undefined) this.#tell();
    else this.note(note);
  }

  /** Tells something that stays, once. */
  note(text: string): void {
    if (this.#noted.has(text)) return;
    this.#noted.add(text);
    this.#tell(text);
  }

  finish(job: AnyJob): void {
    const state = this.#states.get(job);
    if (state === undefined) return;
    state.fraction = 1;
    this.#tell();
  }

  #tell(note?: string): void {
    const label = this.#label();
    const now = this.now() * 1000;
    if (note === undefined && label === this.#lastLabel && now - this.#lastReport < reportEveryMs) return;
    this.#lastReport = now;
    this.#lastLabel = label;
    let done = 0;
    for (const [job, state] of this.#states) done += this.#weights.get(job)! * state.fraction;
    const fraction = this.jobs.length === 0 ? 1 : done / this.#totalWeight;
    this.#highest = Math.max(this.#highest, Math.min(1, fraction));
    this.report({
      label,
      fraction: this.#highest,
      etaSeconds: this.#etaSeconds(),
      ...(note !== undefined && { note }),
    });
  }

  /** Of the jobs that run, the one with the most work. */
  #label(): string {
    const running = this.jobs.filter((job) => {
      const state = this.#states.get(job)!;
      return state.started !== null && state.fraction < 1;
    });
    const heaviest = running.sort((a, b) => this.#weights.get(b)! - this.#weights.get(a)!)[0];
    return heaviest?.label ?? this.#lastLabel;
  }

  #expected(job: AnyJob): { seconds: number; measured: boolean } {
    const { cost, measured } = this.speeds.expect(job);
    return { seconds: cost * this.lengths.workOf(job), measured };
  }

  #remaining(job: AnyJob): { seconds: number; known: boolean } {
    const state = this.#states.get(job)!;
    const expected = this.#expected(job);
    const left = 1 - state.fraction;
    if (state.first !== null) {
      const done = state.fraction - state.first.fraction;
      const elapsed = this.now() - state.first.time;
      if (done >= ownPaceFraction && elapsed >= ownPaceSeconds) {
        return { seconds: (elapsed / done) * left, known: true };
      }
    }
    return { seconds: expected.seconds * left, known: expected.measured };
  }

  #etaSeconds(): number | null {
    const remaining = new Map<AnyJob, RemainingJob>();
    let guessed = 0;
    let all = 0;
    for (const job of this.jobs) {
      if (this.#states.get(job)!.fraction >= 1) continue;
      const { seconds, known } = this.#remaining(job);
      all += seconds;
      if (!known) guessed += seconds;
      const after = dependenciesOf(job).flatMap((below) => remaining.get(below) ?? []);
      remaining.set(job, { lane: laneOf(job.operation), seconds, after });
    }
    return guessed > all * mostGuesswork ? null : forecast([...remaining.values()]);
  }
}
