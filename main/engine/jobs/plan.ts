import { SoniError } from '../../contracts/errors.ts';
import { hashFile, type HashMemory } from './fileHash.ts';
import { SourceFile, dependenciesOf, inOrder, linksOf, type AnyJob } from './job.ts';
import { keyOf } from './key.ts';
import type { ResultStore, StoredResult } from './resultStore.ts';

/** What there is to do for some targets. */
export interface Plan {
  readonly keys: ReadonlyMap<AnyJob, string>;
  /** Results that are there already; nothing below them is looked at, unless another target needs it. */
  readonly stored: ReadonlyMap<AnyJob, StoredResult>;
  /** Jobs to run, dependencies first. */
  readonly missing: readonly AnyJob[];
}

export interface PlanEnvironment {
  readonly store: ResultStore;
  readonly hashes: HashMemory;
  /** The execution provider that the user has asked for; `null` leaves the choice to the host. */
  readonly provider: string | null;
}

/**
 * Works out the keys of all jobs, and from the targets down which of them have to run.
 * @throws SoniError of `hashFile`; `cancelled`
 */
export async function makePlan(
  targets: readonly AnyJob[],
  { store, hashes: memory, provider }: PlanEnvironment,
  signal: AbortSignal,
): Promise<Plan> {
  const all = inOrder(targets);
  const hashes = new Map<string, string>();
  for (const link of all.flatMap((each) => linksOf(each.input))) {
    if (link instanceof SourceFile && !hashes.has(link.path)) {
      hashes.set(link.path, await hashFile(link.path, memory, signal));
    }
  }
  const keys = new Map<AnyJob, string>();
  for (const each of all) {
    keys.set(
      each,
      keyOf(each, {
        fileHash: (path) => hashes.get(path)!,
        jobKey: (other) => keys.get(other)!,
        provider,
      }),
    );
  }
  const stored = new Map<AnyJob, StoredResult>();
  const needed = new Set<AnyJob>();
  const looked = new Set<AnyJob>();
  const open = [...targets];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (looked.has(next)) continue;
    looked.add(next);
    if (signal.aborted) throw new SoniError('cancelled', 'Cancelled.');
    const found = await store.lookup(keys.get(next)!, next.operation);
    if (found !== null) {
      stored.set(next, found);
    } else {
      needed.add(next);
      open.push(...dependenciesOf(next));
    }
  }
  return { keys, stored, missing: all.filter((each) => needed.has(each)) };
}
