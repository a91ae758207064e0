import type { DeskNote } from '../../main/contracts/desk.ts';

/** Rows of the piano roll: pitches from the top down. */
export interface PitchRange {
  readonly lowest: number;
  readonly highest: number;
}

const roomAround = 3;
const fewestRows = 24;

/** The pitches that a set of notes needs, with room around them. */
export function pitchRange(notes: readonly Pick<DeskNote, 'pitch'>[]): PitchRange {
  if (notes.length === 0) return { lowest: 48, highest: 72 };
  let [lowest, highest] = [127, 0];
  for (const { pitch } of notes) {
    lowest = Math.min(lowest, pitch);
    highest = Math.max(highest, pitch);
  }
  const missing = Math.max(0, fewestRows - (highest - lowest + 2 * roomAround));
  return {
    lowest: Math.max(0, lowest - roomAround - Math.floor(missing / 2)),
    highest: Math.min(127, highest + roomAround + Math.ceil(missing / 2)),
  };
}

export const isBlackKey = (pitch: number): boolean => [1, 3, 6, 8, 10].includes(pitch % 12);

const names = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'];
/** Scientific pitch notation: 60 is C4. */
export const pitchName = (pitch: number): string => `${names[pitch % 12]!}${Math.floor(pitch / 12) - 1}`;

/** The note at a point, the one that lies on top. */
export function noteAt(notes: readonly DeskNote[], seconds: number, pitch: number): DeskNote | null {
  return (
    notes.findLast((note) => note.pitch === pitch && note.onset <= seconds && seconds <= note.offset) ?? null
  );
}

/** Onsets brought to the nearest beat or fraction of one, lengths kept. */
export function quantised<Timed extends { onset: number; offset: number }>(
  notes: readonly Timed[],
  beats: readonly number[],
  parts: number,
): Timed[] {
  const grid = beats.slice(0, -1).flatMap((beat, index) => {
    const step = (beats[index + 1]! - beat) / parts;
    return Array.from({ length: parts }, (_, part) => beat + part * step);
  });
  if (grid.length === 0) return [...notes];
  return notes.map((note) => {
    const onset = grid.reduce((best, at) =>
      Math.abs(at - note.onset) < Math.abs(best - note.onset) ? at : best,
    );
    return { ...note, onset, offset: onset + note.offset - note.onset };
  });
}
