import type { DeskNote, NoteEdit } from '../../main/contracts/desk.ts';
import { pitchAbove, type RowLayout } from './rows.ts';

/** Shorter notes are neither seen nor heard. */
const shortest = 0.02;

/** A change of notes by pointer or keyboard, while it is under way and when it is done. */
export interface Shift {
  /** Rows up. */
  readonly rows: number;
  /** Of both ends when `edge` is null, else of that one. */
  readonly seconds: number;
  readonly edge: 'start' | 'end' | null;
  readonly velocity: number;
}

export const noShift: Shift = { rows: 0, seconds: 0, edge: null, velocity: 0 };

export const isNothing = ({ rows, seconds, velocity }: Shift): boolean =>
  rows === 0 && seconds === 0 && velocity === 0;

/** One note after the shift, within what MIDI and the song allow. */
export function shifted(note: DeskNote, shift: Shift, layout: RowLayout): DeskNote {
  const { seconds, edge } = shift;
  const start = edge === 'end' ? 0 : seconds;
  const end = edge === 'start' ? 0 : seconds;
  const onset = Math.max(
    0,
    edge === 'start' ? Math.min(note.onset + start, note.offset - shortest) : note.onset + start,
  );
  const offset = Math.max(onset + shortest, note.offset + end);
  return {
    ...note,
    onset,
    offset,
    pitch: pitchAbove(layout, note, shift.rows),
    velocity: Math.max(1, Math.min(127, Math.round(note.velocity + shift.velocity))),
  };
}

/** The edit that does it to the chosen notes; none of them is pushed over the song's start. */
export function shiftEdit(
  notes: readonly DeskNote[],
  ids: ReadonlySet<string>,
  shift: Shift,
  layout: RowLayout,
): NoteEdit {
  const picked = notes.filter(({ id }) => ids.has(id));
  const earliest = Math.min(...picked.map(({ onset }) => onset));
  const kept = {
    ...shift,
    seconds: shift.edge === null ? Math.max(-earliest, shift.seconds) : shift.seconds,
  };
  return changeEdit(picked.map((note) => shifted(note, kept, layout)));
}

export const changeEdit = (notes: readonly DeskNote[]): NoteEdit => ({
  type: 'change',
  notes: notes.map(({ id, pitch, onset, offset, velocity }) => ({ id, pitch, onset, offset, velocity })),
});
