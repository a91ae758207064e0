export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Largest one-to-one matching between found and true events (augmenting paths), as F1. Both lists ascend in
 * time; `fits` is only asked of pairs within `tolerance` seconds.
 */
export function matchEvents<Event extends { readonly time: number }>(
  found: readonly Event[],
  truth: readonly Event[],
  tolerance: number,
  fits: (found: Event, truth: Event) => boolean,
): Score {
  let first = 0;
  const options = found.map((event) => {
    while (first < truth.length && truth[first]!.time < event.time - tolerance) first++;
    const near: number[] = [];
    for (let i = first; i < truth.length && truth[i]!.time <= event.time + tolerance; i++)
      if (fits(event, truth[i]!)) near.push(i);
    return near;
  });
  const owner = new Map<number, number>();
  const claim = (event: number, seen: Set<number>): boolean =>
    options[event]!.some((candidate) => {
      if (seen.has(candidate)) return false;
      seen.add(candidate);
      const other = owner.get(candidate);
      if (other !== undefined && !claim(other, seen)) return false;
      owner.set(candidate, event);
      return true;
    });
  let matched = 0;
  for (let event = 0; event < found.length; event++) if (claim(event, new Set())) matched++;
  const precision = found.length === 0 ? 0 : matched / found.length;
  const recall = truth.length === 0 ? 0 : matched / truth.length;
  return { precision, recall, f1: matched === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}
