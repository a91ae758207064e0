import { SoniError } from '../../contracts/errors.ts';

/** Which stems a model computes, and which one is what remains of the source. */
export interface StemPlan {
  /** Indices into the model's stems, in its order. */
  readonly computed: readonly number[];
  /** File names (without ending) of the computed stems. */
  readonly names: readonly string[];
  /** Name of the stem that is the source minus all others; it stands last. */
  readonly remainder: string;
}

/**
 * With all stems asked for, the stem called "other" (else the last one) is the remainder: what no model
 * claims, above the model's band for instance, belongs there and not into the vocals. A selection is
 * completed by "rest", one stem by "no_<stem>" (the name that Demucs users know).
 * @throws SoniError `bad-usage`
 */
export function planStems(
  known: readonly string[],
  ask: { readonly stems: readonly string[] | null; readonly twoStem: string | null },
): StemPlan {
  if (ask.stems !== null && ask.twoStem !== null) {
    throw new SoniError('bad-usage', 'A selection of stems and two-stem exclude each other; give one.');
  }
  if (ask.stems?.length === 0) {
    throw new SoniError('bad-usage', `No stem was asked for; this pack knows ${known.join(', ')}.`);
  }
  const wanted = ask.twoStem !== null ? [ask.twoStem] : (ask.stems ?? known);
  const unknown = wanted.find((stem) => !known.includes(stem));
  if (unknown !== undefined) {
    throw new SoniError(
      'bad-usage',
      `This pack knows no stem "${unknown}", only ${known.join(', ')}; ask for one of these or choose another pack.`,
    );
  }
  const chosen = known.flatMap((stem, index) => (wanted.includes(stem) ? [index] : []));
  const names = (indices: readonly number[]) => indices.map((index) => known[index]!);
  if (chosen.length === 1)
    return { computed: chosen, names: names(chosen), remainder: `no_${names(chosen)[0]}` };
  if (chosen.length < known.length) return { computed: chosen, names: names(chosen), remainder: 'rest' };
  const other = known.includes('other') ? known.indexOf('other') : known.length - 1;
  const computed = chosen.filter((index) => index !== other);
  return { computed, names: names(computed), remainder: known[other]! };
}
