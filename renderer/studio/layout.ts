import type { StudioTrack } from '../../main/contracts/studio.ts';

/** In CSS pixels; the style sheet has the same. */
export const takeHeight = 34;
const lowestLane = 74;
const highestLane = 132;

/** Lanes fill a large window, and are scrolled where there are more of them than it can hold. */
export const laneHeightFor = (height: number, tracks: number): number =>
  Math.min(highestLane, Math.max(lowestLane, Math.floor(height / Math.max(1, tracks))));

export interface LanePlace {
  readonly track: StudioTrack;
  readonly top: number;
  readonly laneHeight: number;
  /** Rows of single takes below the lane. */
  readonly takes: StudioTrack['takes'];
  readonly height: number;
}

/** Where each track's lane lies below the first one's top. */
export function placesOf(
  tracks: readonly StudioTrack[],
  unfolded: ReadonlySet<string>,
  laneHeight: number,
): LanePlace[] {
  let top = 0;
  return tracks.map((track) => {
    const takes = unfolded.has(track.id) ? track.takes : [];
    const place = { track, top, laneHeight, takes, height: laneHeight + takes.length * takeHeight };
    top += place.height;
    return place;
  });
}

/** Lanes that are at least partly between two heights; the places are in order. */
export function visible(places: readonly LanePlace[], from: number, to: number): readonly LanePlace[] {
  let first = 0;
  while (first < places.length && places[first]!.top + places[first]!.height <= from) first++;
  let last = first;
  while (last < places.length && places[last]!.top < to) last++;
  return places.slice(first, last);
}
