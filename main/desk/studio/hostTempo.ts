import type { Take, TakeTempoMap } from '../../contracts/session.ts';

/** So many tempo changes describe any song; an automation that draws more is thinned by leaving its tail out. */
const mostPoints = 2000;

/**
 * The host's tempo and meter along its timeline, from what the takes noted: where several passed, the latest counts.
 * @returns ordered by position; empty when the host never said
 */
export function hostTempo(
  takes: readonly Pick<Take, 'hostStart' | 'frames' | 'started' | 'tempoMap'>[],
): TakeTempoMap {
  let points: TakeTempoMap = [];
  for (const { hostStart, frames, tempoMap } of takes.toSorted((a, b) => a.started - b.started)) {
    const end = hostStart + frames;
    const [first] = tempoMap;
    if (first === undefined) continue;
    // What was known behind this pass goes on behind it.
    const behind = points.findLast(({ sample }) => sample <= end);
    const resumes =
      behind !== undefined && points.some(({ sample }) => sample > end) ? [{ ...behind, sample: end }] : [];
    points = [
      ...points.filter(({ sample }) => sample < hostStart),
      ...tempoMap,
      ...resumes.map(withoutPlace),
      ...points.filter(({ sample }) => sample > end),
    ];
  }
  return points.filter(changes).slice(0, mostPoints);
}

/** Its bar and beat were those of another place. */
const withoutPlace = ({ sample, bpm, numerator, denominator }: TakeTempoMap[number]) => ({
  sample,
  bpm,
  numerator,
  denominator,
});

/** Points that say nothing new are left out; the first one of each pass that names its bar stays. */
function changes(point: TakeTempoMap[number], index: number, all: TakeTempoMap): boolean {
  const before = all[index - 1];
  if (before === undefined) return true;
  const same =
    before.bpm === point.bpm &&
    before.numerator === point.numerator &&
    before.denominator === point.denominator;
  return !same;
}
