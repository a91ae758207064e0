import { roles, type Role } from './roles.ts';

/** From this probability on the head is trusted more than the rules on levels and spectra. */
const trusted = 0.3;

/** The role that a trained head hears, or `null` when it is not sure enough. A piano is mixed as keys. */
export function roleOfHeard(
  heard: readonly { readonly name: string; readonly confidence: number }[],
): Role | null {
  const sums = new Map<Role, number>();
  for (const { name, confidence } of heard) {
    const role = name === 'piano' ? 'keys' : roles.find((each) => each === name);
    if (role !== undefined) sums.set(role, (sums.get(role) ?? 0) + confidence);
  }
  const [best] = [...sums].toSorted(([, a], [, b]) => b - a);
  return best !== undefined && best[1] >= trusted ? best[0] : null;
}
