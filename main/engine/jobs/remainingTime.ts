/** A job that is still to do, for the forecast. */
export interface RemainingJob {
  readonly lane: string;
  readonly seconds: number;
  readonly after: readonly RemainingJob[];
}

/**
 * Wall seconds until all are done when each lane does one after the other, in this order, each as soon as
 * what it rests on is done: the schedule played forward.
 * @param jobs dependencies first
 */
export function forecast(jobs: readonly RemainingJob[]): number {
  const laneFree = new Map<string, number>();
  const end = new Map<RemainingJob, number>();
  for (const job of jobs) {
    const ready = Math.max(laneFree.get(job.lane) ?? 0, ...job.after.map((before) => end.get(before) ?? 0));
    const done = ready + job.seconds;
    laneFree.set(job.lane, done);
    end.set(job, done);
  }
  return Math.max(0, ...end.values());
}
