import type { Tags } from '../contracts/tags.ts';
import { levelBands } from './bandLevels.ts';
import { frameBins, pitchRate } from './pitchContent.ts';

export interface SectionInput {
  /** Per-frame chroma and half-octave levels of pitchContent.ts, `pitchRate` frames a second. */
  readonly chroma: Float32Array;
  readonly levels: Float32Array;
  readonly beats: readonly number[];
  readonly downbeats: readonly number[];
  readonly durationSeconds: number;
}

type Section = Tags['sections'][number];

const pitches = 12;
const width = pitches + levelBands;
/** Where no beats are known, the grid is even: half a second is a beat at 120 bpm. */
const evenSeconds = 0.5;
/** What lies before a place is compared with what lies behind it, this many beats each: four bars of four. */
const reach = 16;
const leastReach = 12;
/** A section has at least so many beats: two bars of four. */
const shortest = 8;
/** So far may a boundary move to the bar line that is nearest. */
const snapBeats = 2;
/** A difference of so many dB in one band of all counts as much as another chord. */
const levelScale = 10;
const chromaWeight = 3;
/**
 * From this squared distance on two stretches are different: the middle of what works on rendered songs of random form
 * (`npm run bench -- sections`), 0.25 to 0.5.
 */
const different = 0.35;
const most = 200;

/**
 * The sections of a piece and which of them are alike. Boundaries are the peaks of Foote's novelty ("Automatic audio
 * segmentation using a measure of audio novelty", ICME 2000): a checkerboard kernel over the self-similarity of beats
 * (inner products of chroma and band levels), which for inner products is the squared distance between the means before and behind
 * a place. Sections whose means are near each other get the same letter, in the order of their first appearance.
 * @returns without gaps from 0 to the end; one section where nothing changes; empty for nothing
 */
export function findSections(input: SectionInput): Section[] {
  const { durationSeconds } = input;
  if (durationSeconds <= 0) return [];
  const grid = gridOf(input);
  const beats = beatFeatures(input, grid);
  const count = grid.length;
  const sums = runningSums(beats, count);
  const peaks = boundaries(novelty(sums, count)).map((beat) => onBar(beat, grid, input.downbeats));
  const edges = [0, ...new Set(peaks), count];
  const labels = lettersOf(edges.slice(1).map((to, index) => meanOf(sums, edges[index]!, to)));
  const sections: Section[] = [];
  for (const [index, label] of labels.entries()) {
    const start = index === 0 ? 0 : grid[edges[index]!]!;
    const end = index === labels.length - 1 ? durationSeconds : grid[edges[index + 1]!]!;
    const before = sections.at(-1);
    // Nothing that would be told apart changes there.
    if (before?.label === label) before.end = end;
    else sections.push({ start, end, label });
  }
  return sections;
}

/** Beat times from the start on, carried on to both ends of the piece at the pace of the nearest beats. */
function gridOf({ beats, durationSeconds }: SectionInput): number[] {
  const [first, second] = beats;
  const grid: number[] = [];
  if (first === undefined || second === undefined) {
    for (let at = 0; at < durationSeconds; at += evenSeconds) grid.push(at);
    return grid;
  }
  for (let at = first - (second - first); at > 0; at -= second - first) grid.unshift(at);
  grid.push(...beats);
  const [beforeLast, last] = [beats.at(-2)!, beats.at(-1)!];
  for (let at = last + (last - beforeLast); at < durationSeconds; at += last - beforeLast) grid.push(at);
  return grid;
}

/** Chroma of 12 and levels of each beat, shape [beats][29], scaled so that distances of both can be added. */
function beatFeatures(
  { chroma, levels, durationSeconds }: SectionInput,
  grid: readonly number[],
): Float64Array {
  const features = new Float64Array(grid.length * width);
  const frames = Math.min(chroma.length / frameBins, levels.length / levelBands);
  const perPitch = frameBins / pitches;
  for (const [beat, start] of grid.entries()) {
    const end = grid[beat + 1] ?? durationSeconds;
    const from = Math.min(frames - 1, Math.round(start * pitchRate));
    const to = Math.min(frames, Math.max(from + 1, Math.round(end * pitchRate)));
    const row = features.subarray(beat * width, (beat + 1) * width);
    for (let frame = Math.max(0, from); frame < to; frame++) {
      for (let bin = 0; bin < frameBins; bin++) {
        // Three bins a semitone, the middle one first.
        const pitch = Math.round(bin / perPitch) % pitches;
        row[pitch]! += (chromaWeight * chroma[frame * frameBins + bin]!) / (to - from);
      }
      for (let band = 0; band < levelBands; band++) {
        const scale = levelScale * Math.sqrt(levelBands);
        row[pitches + band]! += levels[frame * levelBands + band]! / scale / (to - from);
      }
    }
  }
  return features;
}

/** Sums of all beats before each one, so that the mean of any stretch costs one subtraction. */
function runningSums(features: Float64Array, count: number): Float64Array {
  const sums = new Float64Array((count + 1) * width);
  for (let at = 0; at < count * width; at++) sums[at + width] = sums[at]! + features[at]!;
  return sums;
}

const meanOf = (sums: Float64Array, from: number, to: number): Float64Array =>
  Float64Array.from(
    { length: width },
    (_, k) => (sums[to * width + k]! - sums[from * width + k]!) / Math.max(1, to - from),
  );

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a[k]! - b[k]!) ** 2;
  return sum;
}

/**
 * How different the beats before and behind each beat are. Near the ends both sides are shorter; fewer than three bars are
 * chords rather than a section.
 */
function novelty(sums: Float64Array, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, beat) => {
    const side = Math.min(reach, beat, count - beat);
    if (side < leastReach) return 0;
    return distance(meanOf(sums, beat - side, beat), meanOf(sums, beat, beat + side));
  });
}

/** Peaks that stand out from the slopes of higher ones, highest first until there are too many, then in order. */
function boundaries(curve: Float64Array): number[] {
  const peaks: number[] = [];
  for (let at = 0; at < curve.length; at++) {
    const near = curve.subarray(Math.max(0, at - shortest), at + shortest + 1);
    if (near.every((value) => value <= curve[at]!) && prominence(curve, at) >= different) peaks.push(at);
  }
  const highest = peaks.toSorted((a, b) => curve[b]! - curve[a]!).slice(0, most);
  return highest.toSorted((a, b) => a - b);
}

/** How far one has to go down from a peak before it goes up to a higher place. */
function prominence(curve: Float64Array, peak: number): number {
  const lowestOf = (step: 1 | -1): number => {
    let lowest = curve[peak]!;
    for (let at = peak + step; at >= 0 && at < curve.length; at += step) {
      if (curve[at]! > curve[peak]!) return lowest;
      lowest = Math.min(lowest, curve[at]!);
    }
    return 0;
  };
  return curve[peak]! - Math.max(lowestOf(1), lowestOf(-1));
}

/** The beat nearest to a place that starts a bar, where one is near. */
function onBar(beat: number, grid: readonly number[], downbeats: readonly number[]): number {
  const bars = new Set(downbeats);
  for (let off = 0; off <= snapBeats; off++) {
    for (const at of [beat - off, beat + off]) if (bars.has(grid[at]!)) return at;
  }
  return beat;
}

/** Each section gets the letter of the nearest one before it that is not different, or the next letter. */
function lettersOf(means: readonly Float64Array[]): string[] {
  const groups: Float64Array[][] = [];
  return means.map((mean) => {
    const far = groups.map((group) =>
      group.reduce((sum, each) => sum + distance(each, mean) / group.length, 0),
    );
    const nearest = far.indexOf(Math.min(...far));
    if (nearest >= 0 && far[nearest]! < different) {
      groups[nearest]!.push(mean);
      return letter(nearest);
    }
    groups.push([mean]);
    return letter(groups.length - 1);
  });
}

/** A to Z, then A2 to Z2 and so on. */
const letter = (index: number): string =>
  String.fromCharCode(65 + (index % 26)) + (index < 26 ? '' : String(1 + Math.floor(index / 26)));
