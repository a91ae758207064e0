import type { DeskNote } from '../../main/contracts/desk.ts';

export type SoundingNote = Pick<DeskNote, 'stem' | 'pitch' | 'velocity'>;

/** Something that notes are played on. */
export interface NoteSink {
  /** @param when seconds of the player's clock @param seconds how long it is held */
  play(note: SoundingNote, when: number, seconds: number): void;
  /** Everything that sounds or was handed over ends. */
  silence(): void;
}
