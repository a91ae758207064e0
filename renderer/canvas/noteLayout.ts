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
