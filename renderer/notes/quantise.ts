import type { DeskNote } from '../../main/contracts/desk.ts';

export interface QuantiseSettings {
  /** Steps in a beat: 1, 2, 4 or 8 for quarter to thirty-second notes. */
  readonly division: 1 | 2 | 4 | 8;
  /** Three steps where there would be two. */
  readonly triplets: boolean;
  /** How far onsets are drawn to the grid, 0 to 1. */
  readonly strength: number;
  /** How late every second step is, 0 to 1; 1 is two thirds of the pair, as triplets are. Not with triplets. */
  readonly swing: number;
}

export const straightSixteenths: QuantiseSettings = { division: 4, triplets: false, strength: 1, swing: 0 };

/** The song's beats as a ruler that goes on evenly before the first and after the last. */
export class BeatRuler {
  /** @param beats ascending, in seconds; at least two */
  constructor(private readonly beats: readonly number[]) {}

  get isUsable(): boolean {
    return this.beats.length >= 2;
  }

  toBeats(seconds: number): number {
    const { beats } = this;
    const after = beats.findIndex((at) => at > seconds);
    const from = Math.max(0, Math.min(beats.length - 2, after < 0 ? beats.length - 2 : after - 1));
    return from + (seconds - beats[from]!) / (beats[from + 1]! - beats[from]!);
  }

  toSeconds(position: number): number {
    const { beats } = this;
    const from = Math.max(0, Math.min(beats.length - 2, Math.floor(position)));
    return beats[from]! + (position - from) * (beats[from + 1]! - beats[from]!);
  }
}

/** Length of a step, in beats. */
export const stepOf = ({ division, triplets }: QuantiseSettings): number =>
  triplets ? 2 / 3 / division : 1 / division;

/** The nearest place of the swung grid, in beats. */
function nearest(position: number, settings: QuantiseSettings): number {
  const step = stepOf(settings);
  const swing = settings.triplets ? 0 : settings.swing;
  const place = (index: number) => step * (index + (Math.abs(index % 2) === 1 ? swing / 3 : 0));
  const near = Math.round(position / step);
  return [near - 1, near, near + 1]
    .map(place)
    .reduce((best, at) => (Math.abs(at - position) < Math.abs(best - position) ? at : best));
}

/** The grid place nearest to a time, in seconds; the time itself in a song without a pulse. */
export function snapped(seconds: number, beats: readonly number[], settings: QuantiseSettings): number {
  const ruler = new BeatRuler(beats);
  if (!ruler.isUsable) return seconds;
  return Math.max(0, ruler.toSeconds(nearest(ruler.toBeats(seconds), settings)));
}

/** Onsets drawn to the grid, lengths kept; unchanged notes are left out. */
export function quantised(
  notes: readonly DeskNote[],
  beats: readonly number[],
  settings: QuantiseSettings,
): DeskNote[] {
  return notes.flatMap((note) => {
    const target = snapped(note.onset, beats, settings);
    const shift = (target - note.onset) * settings.strength;
    if (Math.abs(shift) < 1e-6) return [];
    return [{ ...note, onset: note.onset + shift, offset: note.offset + shift }];
  });
}
