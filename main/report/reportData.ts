import type { MixPlan } from '../contracts/mixPlan.ts';
import type { StemNote } from '../contracts/notes.ts';
import type { FeaturesResult, RunResult } from '../contracts/workflows.ts';

/** A claim that can be checked because the truth is known (the demo song). */
export interface AccuracyRow {
  readonly what: string;
  readonly found: string;
  readonly truth: string;
  /** How near it came, in words and numbers. */
  readonly score: string;
}

export interface LicenceRow {
  readonly pack: string;
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly summary: string;
}

/** Everything the report shows. Files are absolute paths; the page refers to them relative to itself. */
export interface ReportData {
  readonly title: string;
  readonly run: RunResult;
  readonly plan: MixPlan;
  readonly notes: readonly StemNote[];
  /** Only for the demo song. */
  readonly accuracy: readonly AccuracyRow[];
  /** The picture of codes and features, and what they were computed with. */
  readonly features?: { readonly picture: string; readonly run: FeaturesResult };
  readonly licences: readonly LicenceRow[];
  /** One line about the machine that did the work. */
  readonly machine: string;
}
