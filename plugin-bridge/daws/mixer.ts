import type { FormerStrip } from '../../main/contracts/dawMixer.ts';

/** How a strip stands, in the DAW's own numbers. */
export type StripState = Omit<FormerStrip, 'track'>;

/** Where a strip is to stand, counted from how it was. */
export interface StripMove {
  readonly from: StripState;
  /** Decibels more. */
  readonly gainDb: number;
  /** Further to the right, in units of the mix plan: 1 is from the centre to one side. */
  readonly pan: number;
}

export interface MovedStrip {
  readonly strip: string;
  /** `at-top`: the fader goes no further; `held`: it stayed where it was, though it was to move. */
  readonly fader: 'moved' | 'at-top' | 'held';
}

/** The faders of a DAW, moved from outside. What cannot be reached is a SoniError `not-found` that says what to do. */
export interface DawMixer {
  /** Of the DAW. */
  readonly name: string;
  /** Names of the strips that a track could be. */
  strips(): Promise<readonly string[]>;
  /** Of strips that are there; the others are left out. */
  read(names: readonly string[]): Promise<readonly StripState[]>;
  /** Strips that are gone are left out of the answer. Asked twice for the same, it does nothing more. */
  move(moves: readonly StripMove[]): Promise<readonly MovedStrip[]>;
  close(): void;
}
