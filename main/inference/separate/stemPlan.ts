/** Which stems a model computes, and which one is what remains of the source. */
export interface StemPlan {
  /** Indices into the model's stems, in its order. */
  readonly computed: readonly number[];
  /** File names (without ending) of the computed stems. */
  readonly names: readonly string[];
  /** Name of the stem that is the source minus all others; it stands last. */
  readonly remainder: string;
  /** Whether the model's own stems are meant to sum to the mix. */
  readonly complete: boolean;
}

/**
 * A model of all stems: the one called "other" (else the last one) is the remainder, for what no model claims,
 * above the model's band for instance, belongs there and not into the vocals. A model of some (MDX-Net models
 * know one): the first name that it does not compute is the remainder's, else it is what `no_<stem>` says.
 * @param known the pack's stems; those of the model come first
 * @param modelStems how many the model computes
 */
export function planStems(known: readonly string[], modelStems: number): StemPlan {
  const all = known.slice(0, modelStems).map((_, index) => index);
  if (modelStems < known.length || modelStems === 1) {
    const names = all.map((index) => known[index]!);
    return { computed: all, names, remainder: known[modelStems] ?? `no_${names[0]}`, complete: false };
  }
  const other = known.includes('other') ? known.indexOf('other') : known.length - 1;
  const computed = all.filter((index) => index !== other);
  return {
    computed,
    names: computed.map((index) => known[index]!),
    remainder: known[other]!,
    complete: true,
  };
}
