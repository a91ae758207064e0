import { isDrums } from '../../main/midi/drums.ts';
import { basicKit, drumName } from '../../main/midi/drumNames.ts';
import type { DeskNote } from '../../main/contracts/desk.ts';
import { pitchName, pitchRange, type PitchRange } from '../canvas/noteLayout.ts';

/** A line of the piano roll. Drums have lines of their own, named by their instruments. */
export interface Row {
  readonly pitch: number;
  readonly isDrum: boolean;
  readonly label: string;
  /** 0 to 1 of the height that the rows share. */
  readonly top: number;
  readonly height: number;
}

export interface RowLayout {
  /** From the top down. */
  readonly rows: readonly Row[];
  /** Pitches of the melodic part on top; `null` when there are drums only. */
  readonly range: PitchRange | null;
  /** Share of the height that the melodic part has. */
  readonly melodic: number;
}

/** A drum's row is taller than a key's: its name is to be read. */
const drumRowWeight = 2.1;

export function layoutRows(notes: readonly DeskNote[], parts: readonly string[]): RowLayout {
  const hasDrums = parts.some((part) => isDrums(part));
  const hasPitches = parts.length === 0 || parts.some((part) => !isDrums(part));
  const range = hasPitches ? pitchRange(notes.filter(({ stem }) => !isDrums(stem))) : null;
  const pitches = range === null ? [] : descending(range.lowest, range.highest);
  const drums = hasDrums ? drumPitches(notes) : [];
  const whole = pitches.length + drumRowWeight * drums.length;
  const rows: Row[] = [];
  let top = 0;
  const add = (pitch: number, isDrum: boolean, label: string, weight: number) => {
    rows.push({ pitch, isDrum, label, top, height: weight / whole });
    top += weight / whole;
  };
  for (const pitch of pitches) add(pitch, false, pitchName(pitch), 1);
  for (const pitch of drums) add(pitch, true, drumName(pitch) ?? `Key ${pitch}`, drumRowWeight);
  return { rows, range, melodic: pitches.length / whole };
}

const descending = (lowest: number, highest: number): number[] =>
  Array.from({ length: highest - lowest + 1 }, (_, index) => highest - index);

const drumPitches = (notes: readonly DeskNote[]): number[] =>
  [...new Set([...basicKit, ...notes.filter(({ stem }) => isDrums(stem)).map(({ pitch }) => pitch)])].sort(
    (a, b) => b - a,
  );

/** Where a note is drawn; `null` when its pitch has no row. */
export function rowOf({ rows }: RowLayout, { stem, pitch }: Pick<DeskNote, 'stem' | 'pitch'>): Row | null {
  const isDrum = isDrums(stem);
  return rows.find((row) => row.pitch === pitch && row.isDrum === isDrum) ?? null;
}

/** The row at a height from 0 to 1. */
export const rowAt = ({ rows }: RowLayout, height: number): Row =>
  rows.findLast(({ top }) => top <= height) ?? rows[0]!;

/** The pitch so many rows further up; drums step from instrument to instrument. */
export function pitchAbove(layout: RowLayout, note: Pick<DeskNote, 'stem' | 'pitch'>, steps: number): number {
  if (!isDrums(note.stem)) return Math.max(0, Math.min(127, note.pitch + steps));
  const drums = layout.rows.filter(({ isDrum }) => isDrum);
  const at = drums.findIndex(({ pitch }) => pitch === note.pitch);
  const to = Math.max(0, Math.min(drums.length - 1, at - steps));
  return at < 0 ? note.pitch : drums[to]!.pitch;
}
