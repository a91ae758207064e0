import { setMaxListeners } from 'node:events';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { OperationName, OperationOutput, OperationProgress } from '../../contracts/operations.ts';
import type { Watch } from '../../contracts/workflows.ts';
import { AudioLengths } from './audioLength.ts';
import { SourceFile, dependenciesOf, mapLinks, type AnyJob, type Job } from './job.ts';
import { laneOf, type Lane } from './lane.ts';
import { makePlan, type Plan, type PlanEnvironment } from './plan.ts';
import { ProgressTracker } from './progress.ts';
import type { StoredResult } from './resultStore.ts';
import type { Scheduler } from './scheduler.ts';
import type { Speeds } from './speeds.ts';

/** Runs one operation in a folder: an inference host, or a stand-in of a test. */
export type Execute = (
  lane: Lane,
  operation: OperationName,
  input: unknown,
  options: {
    readonly directory: string;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: OperationProgress) => void;
  },
) => Promise<unknown>;

export interface GraphEnvironment extends PlanEnvironment {
  /** Tells the stores of several sessions apart. */
  readonly name: string;
  readonly scheduler: Scheduler<StoredResult>;
  readonly execute: Execute;
  readonly speeds: Speeds;
}

export interface GraphWatch extends Watch {
  /** Told of each result that this run computed, as soon as it is there. */
  readonly onResult?: ((job: AnyJob, result: StoredResult) => void) | undefined;
}

/** The results of a graph's targets and of all that was needed for them. */
export class GraphResults {
  constructor(
    private readonly results: ReadonlyMap<AnyJob, StoredResult>,
    private readonly found: ReadonlyMap<AnyJob, StoredResult>,
  ) {}

  of<Name extends OperationName>(job: Job<Name>): { output: OperationOutput<Name>; directory: string } {
    const result = this.results.get(job);
    if (result === undefined) throw new SoniError('internal', `There is no result of "${job.label}".`);
    return { output: result.output as OperationOutput<Name>, directory: result.directory };
  }

  /** Whether the result was there before this graph ran. */
  wasStored(job: AnyJob): boolean {
    return this.found.has(job);
  }

  get keys(): string[] {
    return [...this.results.values()].map(({ key }) => key);
  }
}

/**
 * Brings about the results of `targets`: takes what is stored, runs what is missing, everything once and after
 * what it rests on. When one job fails the rest of this graph is cancelled and the error passed on; results
 * that were finished by then stay.
 * @throws SoniError the first job's error, or `cancelled`
 */
export async function runGraph(
  targets: readonly AnyJob[],
  environment: GraphEnvironment,
  watch: GraphWatch = {},
): Promise<GraphResults> {
  const stop = new AbortController();
  // Every job that waits listens.
  setMaxListeners(0, stop.signal);
  const onAbort = () => stop.abort();
  if (watch.signal?.aborted === true) throw new SoniError('cancelled', 'Cancelled.');
  watch.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const plan = await makePlan(targets, environment, stop.signal);
    const results = await runPlan(targets, plan, environment, stop, watch);
    if (stop.signal.aborted) throw new SoniError('cancelled', 'Cancelled.');
    return new GraphResults(results, plan.stored);
  } finally {
    watch.signal?.removeEventListener('abort', onAbort);
  }
}

async function runPlan(
  targets: readonly AnyJob[],
  plan: Plan,
  environment: GraphEnvironment,
  stop: AbortController,
  watch: GraphWatch,
): Promise<Map<AnyJob, StoredResult>> {
  const lengths = new AudioLengths();
  const results = new Map(plan.stored);
  for (const [stored, { output }] of plan.stored) lengths.learn(stored, output);
  const tracker = new ProgressTracker(plan.missing, lengths, environment.speeds, (progress) =>
    watch.onProgress?.(progress),
  );

  for (const { notes } of plan.stored.values()) for (const text of notes) tracker.note(text);

  let firstError: SoniError | undefined;
  const started = new Map<AnyJob, Promise<void>>();

  const bringAbout = (job: AnyJob): Promise<void> => {
    if (results.has(job)) return Promise.resolve();
    const already = started.get(job);
    if (already !== undefined) return already;
    const work = (async () => {
      await Promise.all(dependenciesOf(job).map(bringAbout));
      const result = await runJob(
        job,
        plan.keys.get(job)!,
        results,
        environment,
        tracker,
        lengths,
        stop.signal,
      );
      lengths.learn(job, result.output);
      results.set(job, result);
      // Another graph may have begun it, or finished it, and heard them alone.
      for (const text of result.notes) tracker.note(text);
      tracker.finish(job);
      watch.onResult?.(job, result);
    })();
    started.set(job, work);
    work.catch((thrown: unknown) => {
      // What follows from stopping is not the reason for it.
      if (firstError === undefined) {
        firstError = asSoniError(thrown);
        stop.abort();
      }
    });
    return work;
  };

  await Promise.allSettled(targets.map(bringAbout));
  // A failed dependency rejects its dependents at once; siblings may still be on their way out.
  await Promise.allSettled(started.values());
  if (firstError !== undefined) throw firstError;
  return results;
}

async function runJob(
  job: AnyJob,
  key: string,
  results: ReadonlyMap<AnyJob, StoredResult>,
  { name, store, scheduler, execute, speeds }: GraphEnvironment,
  tracker: ProgressTracker,
  lengths: AudioLengths,
  signal: AbortSignal,
): Promise<StoredResult> {
  const input = mapLinks(job.input, (link) => {
    if (link instanceof SourceFile) return link.path;
    const result = results.get(link.job)!;
    return link.pick(result.output, result.directory);
  });
  const lane = laneOf(job.operation);
  const notes = new Set(dependenciesOf(job).flatMap((below) => results.get(below)!.notes));
  return scheduler.submit(
    {
      id: `${name}/${key}`,
      lane,
      priority: job.priority,
      async run(taskSignal, onProgress) {
        // Another graph may have finished it between the plan and now.
        const stored = await store.lookup(key, job.operation);
        if (stored !== null) return stored;
        const { directory, fresh } = await store.begin(key);
        const begun = performance.now();
        const output = await execute(lane, job.operation, input, {
          directory,
          signal: taskSignal,
          onProgress: (progress) => {
            if (progress.note !== undefined) notes.add(progress.note);
            onProgress(progress);
          },
        });
        const wallSeconds = (performance.now() - begun) / 1000;
        // A run that went on from a checkpoint says nothing about the speed of the whole.
        if (fresh) speeds.measured(job, providerOf(output), lengths.workOf(job), wallSeconds);
        return store.finish(key, job.operation, output, [...notes]);
      },
    },
    {
      signal,
      onStart: () => tracker.start(job),
      onProgress: (progress) => tracker.update(job, progress),
    },
  );
}

function providerOf(output: unknown): string | null {
  const provider = (output as { provider?: unknown } | null)?.provider;
  return typeof provider === 'string' ? provider : null;
}
