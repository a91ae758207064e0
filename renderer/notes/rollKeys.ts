import type { DeskNote } from '../../main/contracts/desk.ts';
import { noShift, type Shift } from './edits.ts';

const nudgeSeconds = 0.02;
const velocityStep = 5;
const octave = 12;

interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * What an arrow key does to the chosen notes: by itself it moves them, with Shift it changes their length or moves
 * by an octave, with Ctrl it changes their velocity. `null` for other keys.
 */
export function keyEdit({ key, shiftKey, altKey, ctrlKey, metaKey }: Key): Shift | null {
  if (altKey) return null;
  const command = ctrlKey || metaKey;
  switch (key) {
    case 'ArrowUp':
    case 'ArrowDown': {
      const up = key === 'ArrowUp' ? 1 : -1;
      return command
        ? { ...noShift, velocity: up * velocityStep }
        : { ...noShift, rows: up * (shiftKey ? octave : 1) };
    }
    case 'ArrowLeft':
    case 'ArrowRight': {
      const seconds = key === 'ArrowRight' ? nudgeSeconds : -nudgeSeconds;
      return command ? null : { ...noShift, seconds, edge: shiftKey ? 'end' : null };
    }
    default:
      return null;
  }
}

/** The note before (`,`) or after (`.`) one, or before or after the playhead. */
export function neighbour(
  notes: readonly DeskNote[],
  from: DeskNote | null,
  seconds: number,
  key: string,
): DeskNote | null {
  const at = from === null ? -1 : notes.findIndex(({ id }) => id === from.id);
  if (key === '.') {
    return (at < 0 ? notes.find(({ onset }) => onset >= seconds) : notes[at + 1]) ?? null;
  }
  return (at < 0 ? notes.findLast(({ onset }) => onset < seconds) : notes[at - 1]) ?? null;
}
