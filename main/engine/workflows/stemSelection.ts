import type { PackManifest } from '../../contracts/pack.ts';
import { SoniError } from '../../contracts/errors.ts';
import { job, type Job, type Reference } from '../jobs/job.ts';
import { stemOf } from './audioJobs.ts';

/** Some stems of a pack, and the name of what remains of the source. */
export interface StemSelection {
  readonly stems: readonly string[];
  readonly remainder: string;
}

interface StemWish {
  readonly stems: readonly string[] | null;
  readonly twoStem: string | null;
}

/**
 * What a user asked for, or `null` when it is all that the pack knows. A selection is completed by "rest", a
 * single stem by "no_<stem>" (the name that Demucs users know).
 * @throws SoniError `bad-usage` for stems that the pack does not know
 */
export function selectionOf({ stems, twoStem }: StemWish, pack: PackManifest): StemSelection | null {
  if (stems !== null && twoStem !== null) {
    throw new SoniError('bad-usage', 'Ask for some stems or for one against the rest, not for both.');
  }
  const wanted = twoStem === null ? stems : [twoStem];
  if (wanted === null) return null;
  const known = pack.stems ?? [];
  const unknown = wanted.find((stem) => !known.includes(stem));
  if (unknown !== undefined) {
    throw new SoniError(
      'bad-usage',
      `The pack "${pack.id}" has no stem "${unknown}"; it has: ${known.join(', ')}.`,
    );
  }
  const chosen = known.filter((stem) => wanted.includes(stem));
  if (chosen.length === known.length) return null;
  return { stems: chosen, remainder: chosen.length === 1 ? `no_${chosen[0]}` : 'rest' };
}

/** The stems that are written, in their order; what remains is one of them. */
export const writtenStems = (selection: StemSelection | null, pack: PackManifest): readonly string[] =>
  selection === null ? (pack.stems ?? []) : [...selection.stems, selection.remainder];

/** The selected stems of a separation; the model is not run again for another selection. */
export const selectionJob = (
  separation: Job<'separate'>,
  source: Reference<string>,
  { stems, remainder }: StemSelection,
): Job<'select-stems'> =>
  job(
    'select-stems',
    'Writing the stems',
    { source, stems: stems.map((stem) => ({ stem, audio: stemOf(separation, stem) })), remainder },
    { priority: separation.priority },
  );
