import type { Seconds } from '../../contracts/units.ts';
import type { Random } from './random.ts';
import { song, type ScoreNote } from './song.ts';

/** A note as played. */
export interface PlayedNote {
  readonly onset: Seconds;
  readonly offset: Seconds;
  readonly pitch: number;
  readonly velocity: number;
}

export interface Feel {
  /** Standard deviation of the timing, seconds. */
  readonly looseness: Seconds;
  /** Constant lean ahead of (negative) or behind the beat. */
  readonly lean: Seconds;
  /** Standard deviation of the velocity, MIDI steps. */
  readonly touch: number;
}

export const beatSeconds = 60 / song.bpm;
export const secondsAt = (beats: number): Seconds => song.leadIn + beats * beatSeconds;
export const songFrames = Math.round((secondsAt(song.bars * song.beatsPerBar) + song.tail) * song.sampleRate);

/**
 * A human hand: timing wanders slowly (a player drifts, then corrects) with a small independent error on
 * top; notes that start together stay nearly together.
 */
export function humanise(notes: readonly ScoreNote[], feel: Feel, random: Random): PlayedNote[] {
  let drift = 0;
  let last = -1;
  return [...notes]
    .sort((a, b) => a.start - b.start || a.pitch - b.pitch)
    .map((note) => {
      if (note.start !== last) drift = 0.8 * drift + 0.6 * feel.looseness * random.normal();
      last = note.start;
      const shift = feel.lean + drift + 0.25 * feel.looseness * random.normal();
      const onset = Math.max(0, secondsAt(note.start) + shift);
      const velocity = Math.round(note.velocity + feel.touch * random.normal());
      return {
        onset,
        offset: Math.max(onset + 0.04, secondsAt(note.start + note.length) + 0.5 * shift),
        pitch: note.pitch,
        velocity: Math.min(127, Math.max(1, velocity)),
      };
    });
}
