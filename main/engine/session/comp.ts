import type { CompRegion, Take } from '../../contracts/session.ts';
import type { Samples } from '../../contracts/units.ts';

interface Span {
  readonly start: Samples;
  readonly end: Samples;
}

/** What the user wants to hear between two places of the host timeline. */
export interface CompChoice extends Span {
  readonly takeId: string;
  /** Milliseconds since 1970: what is played later lies on top of it. */
  readonly decided: number;
}

interface Layer {
  readonly take: Take;
  readonly within: Span;
  readonly since: number;
}

const everywhere: Span = { start: -Infinity, end: Infinity };

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

const clipped = (spans: readonly Span[], { start, end }: Span): Span[] =>
  spans
    .map((span) => ({ start: Math.max(start, span.start), end: Math.min(end, span.end) }))
    .filter((span) => span.end > span.start);

const without = (spans: readonly Span[], covered: Span): Span[] =>
  spans.flatMap((span) => [
    ...(span.start < covered.start ? [{ start: span.start, end: Math.min(span.end, covered.start) }] : []),
    ...(span.end > covered.end ? [{ start: Math.max(span.start, covered.end), end: span.end }] : []),
  ]);

/**
 * What a track plays when its takes lie on top of each other: the newest take wins, older ones are
 * heard before it, after it and through its gaps. A take that was chosen for a span by hand lies on top there from that moment
 * on. Takes of another sample rate than the newest are left out.
 * @returns regions in host order that do not overlap
 */
export function compOf(takes: readonly Take[], choices: readonly CompChoice[] = []): CompRegion[] {
  const newestFirst = takes.filter(({ frames }) => frames > 0).sort((a, b) => b.started - a.started);
  const rate = newestFirst[0]?.sampleRate;
  const layers: Layer[] = newestFirst.map((take) => ({ take, within: everywhere, since: take.started }));
  for (const { takeId, start, end, decided } of choices) {
    const take = newestFirst.find(({ id }) => id === takeId);
    if (take !== undefined) layers.push({ take, within: { start, end }, since: decided });
  }
  layers.sort((a, b) => b.since - a.since);
  const regions: CompRegion[] = [];
  const covered: Span[] = [];
  for (const { take, within } of layers) {
    if (take.sampleRate !== rate) continue;
    const own = clipped(heard(take), within);
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
  return joined(regions.sort((a, b) => a.hostStart - b.hostStart));
}

/** Pieces of one take that follow each other without a seam are one. */
function joined(regions: readonly CompRegion[]): CompRegion[] {
  const whole: CompRegion[] = [];
  for (const region of regions) {
    const before = whole.at(-1);
    const follows =
      before?.takeId === region.takeId &&
      before.hostStart + before.frames === region.hostStart &&
      before.takeStart + before.frames === region.takeStart;
    if (follows) whole[whole.length - 1] = { ...before, frames: before.frames + region.frames };
    else whole.push(region);
  }
  return whole;
}
