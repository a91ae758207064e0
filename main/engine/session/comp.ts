import type { CompRegion, Take } from '../../contracts/session.ts';
import type { Samples } from '../../contracts/units.ts';

interface Span {
  readonly start: Samples;
  readonly end: Samples;
}

/** The parts of the take that hold audio, on the host timeline. */
function heard({ hostStart, frames, gaps }: Take): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const gap of [...gaps].sort((a, b) => a.start - b.start)) {
    if (gap.start > at) spans.push({ start: hostStart + at, end: hostStart + gap.start });
    at = Math.max(at, gap.start + gap.frames);
  }
  if (frames > at) spans.push({ start: hostStart + at, end: hostStart + frames });
  return spans;
}

const without = (spans: readonly Span[], covered: Span): Span[] =>
  spans.flatMap((span) => [
    ...(span.start < covered.start ? [{ start: span.start, end: Math.min(span.end, covered.start) }] : []),
    ...(span.end > covered.end ? [{ start: Math.max(span.start, covered.end), end: span.end }] : []),
  ]);

/**
 * What a track plays when its takes lie on top of each other: the newest take wins, older ones are
 * heard before it, after it and through its gaps. Takes of another sample rate than the newest are left out.
 * @returns regions in host order that do not overlap
 */
export function compOf(takes: readonly Take[]): CompRegion[] {
  const newestFirst = takes.filter(({ frames }) => frames > 0).sort((a, b) => b.started - a.started);
  const rate = newestFirst[0]?.sampleRate;
  const regions: CompRegion[] = [];
  const covered: Span[] = [];
  for (const take of newestFirst) {
    if (take.sampleRate !== rate) continue;
    const own = heard(take);
    for (const { start, end } of covered.reduce(without, own)) {
      regions.push({
        takeId: take.id,
        hostStart: start,
        takeStart: start - take.hostStart,
        frames: end - start,
      });
    }
    covered.push(...own);
  }
  return regions.sort((a, b) => a.hostStart - b.hostStart);
}
