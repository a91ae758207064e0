import { tonics, type Tags } from '../../../main/contracts/tags.ts';

/** MIREX's score of a key: 1 right, 0.5 a fifth off, 0.3 relative, 0.2 parallel. @param truth such as 'Gb:maj' */
export function keyScore(
  truth: string,
  found: Pick<NonNullable<Tags['key']>, 'tonic' | 'mode'> | null,
): number {
  if (found === null) return 0;
  const [name = '', mode] = truth.split(':');
  const letters: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
  const accidental = name.endsWith('#') ? 1 : name.endsWith('b') ? -1 : 0;
  const pitch = ((letters[name[0]!] ?? 0) + accidental + 12) % 12;
  const interval = (tonics.indexOf(found.tonic) - pitch + 12) % 12;
  const sameMode = (mode === 'maj') === (found.mode === 'major');
  if (interval === 0) return sameMode ? 1 : 0.2;
  if (sameMode) return interval === 7 || interval === 5 ? 0.5 : 0;
  return interval === (mode === 'maj' ? 9 : 3) ? 0.3 : 0;
}
