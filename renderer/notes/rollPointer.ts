import type { DeskNote } from '../../main/contracts/desk.ts';
import { viewport } from '../canvas/viewport.ts';
import { velocityHeight } from './drawRoll.ts';
import { rowAt, rowOf, type Row, type RowLayout } from './rows.ts';

/** Within so many pixels of its end a note is made longer instead of moved. */
const edgePixels = 6;
/** Notes that are too short for that have one end only. */
const leastForStart = 26;
const nearPixels = 5;

/** Where the pointer is, in the terms of the song. */
export interface Place {
  readonly seconds: number;
  /** 0 to 1 of the rows. */
  readonly height: number;
  readonly row: Row;
  /** In the strip of velocities: 1 to 127; `null` in the roll. */
  readonly velocity: number | null;
}

export function placeOf(
  box: DOMRect,
  { clientX, clientY }: { clientX: number; clientY: number },
  layout: RowLayout,
): Place {
  const rollHeight = box.height - velocityHeight;
  const [x, y] = [clientX - box.left, clientY - box.top];
  const height = Math.max(0, Math.min(0.9999, y / rollHeight));
  const up = (box.height - 2 - y) / (velocityHeight - 10);
  return {
    seconds: viewport.toSeconds(x),
    height,
    row: rowAt(layout, height),
    velocity: y < rollHeight ? null : Math.max(1, Math.min(127, Math.round(127 * up))),
  };
}

export interface Hit {
  readonly note: DeskNote;
  readonly edge: 'start' | 'end' | null;
}

/** The note under the pointer, the one that lies on top; its end when the pointer is near that. */
export function hitAt(notes: readonly DeskNote[], layout: RowLayout, { seconds, row }: Place): Hit | null {
  const reach = 2 * viewport.secondsPerPixel;
  const note = notes.findLast(
    (each) => rowOf(layout, each) === row && each.onset - reach <= seconds && seconds <= each.offset + reach,
  );
  if (note === undefined) return null;
  const pixels = (note.offset - note.onset) / viewport.secondsPerPixel;
  const fromStart = (seconds - note.onset) / viewport.secondsPerPixel;
  if (pixels - fromStart <= Math.min(edgePixels, pixels / 3)) return { note, edge: 'end' };
  if (pixels >= leastForStart && fromStart <= edgePixels) return { note, edge: 'start' };
  return { note, edge: null };
}

/** The note whose velocity is under the pointer: the nearest onset, of chosen notes first. */
export function velocityHit(
  notes: readonly DeskNote[],
  chosen: ReadonlySet<string>,
  { seconds, velocity }: Place,
): DeskNote | null {
  const reach = nearPixels * viewport.secondsPerPixel;
  const near = notes.filter(({ onset }) => Math.abs(onset - seconds) <= reach);
  const preferred = near.filter(({ id }) => chosen.has(id));
  const distance = (note: DeskNote) =>
    Math.abs(note.onset - seconds) / reach + Math.abs(note.velocity - (velocity ?? 0)) / 127;
  return (
    (preferred.length > 0 ? preferred : near).reduce<DeskNote | null>(
      (best, note) => (best === null || distance(note) < distance(best) ? note : best),
      null,
    ) ?? null
  );
}

/** Notes that lie in a frame drawn with the pointer. */
export const notesIn = (
  notes: readonly DeskNote[],
  layout: RowLayout,
  { from, to, top, bottom }: { from: number; to: number; top: number; bottom: number },
): DeskNote[] =>
  notes.filter((note) => {
    const row = rowOf(layout, note);
    return (
      row !== null &&
      note.offset >= from &&
      note.onset <= to &&
      row.top + row.height > top &&
      row.top < bottom
    );
  });
