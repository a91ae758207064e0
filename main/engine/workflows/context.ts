import type { PackManifest, PackTask } from '../../contracts/pack.ts';
import type { WorkflowProgress } from '../../contracts/workflows.ts';
import type { AnyJob } from '../jobs/job.ts';
import type { GraphResults, GraphWatch } from '../jobs/runGraph.ts';
import type { Session } from '../session/session.ts';

/** What a workflow works with: a session, packs, the job graph, and somebody who watches. */
export interface WorkflowContext {
  readonly session: Session;
  readonly signal: AbortSignal;
  /** @throws SoniError `bad-usage` (it is not for `task`) | `not-found` | `licence-required` | `newer-format` | `corrupt` */
  describePack(id: string, task?: PackTask): Promise<PackManifest>;
  run(targets: readonly AnyJob[], watch?: Pick<GraphWatch, 'onResult'> & Phase): Promise<GraphResults>;
  /** A line for the user. */
  note(text: string): void;
}

/** The part of the bar that a graph fills, when a workflow has several: 0 to 1 by default. */
export interface Phase {
  readonly from?: number;
  readonly to?: number;
}

/** Squeezes a graph's progress into its part of the whole; the time left is only known in the last part. */
export function inPhase(progress: WorkflowProgress, { from = 0, to = 1 }: Phase): WorkflowProgress {
  return {
    ...progress,
    fraction: from + progress.fraction * (to - from),
    etaSeconds: to < 1 ? null : progress.etaSeconds,
  };
}
