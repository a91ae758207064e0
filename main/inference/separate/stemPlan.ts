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
 * The stem called "other" (else the last one) is the remainder: what no model claims, above the model's band
 * for instance, belongs there and not into the vocals.
 */
export function planStems(known: readonly string[]): StemPlan {
  const other = known.includes('other') ? known.indexOf('other') : known.length - 1;
  const computed = known.flatMap((_, index) => (index === other ? [] : [index]));
  return { computed, names: computed.map((index) => known[index]!), remainder: known[other]! };
}
