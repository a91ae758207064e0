import type { Note } from '../contracts/notes.ts';
import { controller, noteOff, noteOn, pitchBend, type PlacedEvent } from './smfEvents.ts';
import { secondsToTick, type TickPoint } from './tickMap.ts';

/** A note on ticks. */
interface TickNote {
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
  readonly velocity: number;
  readonly bend: readonly number[];
}

/** Semitones of a full pitch bend: the range that General MIDI presets, so that synthesizers which ignore the RPN are right too. */
const bendRange = 2;

export interface NoteEventOptions {
  readonly channel: number;
  readonly points: readonly TickPoint[];
  readonly ppq: number;
  readonly pitchBends: boolean;
}

/**
 * Notes as events of one channel. A channel can sound a pitch only once: a note is cut where the next one of
 * its pitch starts, and of two that start on the same tick the longer and louder is kept.
 */
export function noteEvents(notes: readonly Note[], options: NoteEventOptions): PlacedEvent[] {
  const { channel, points, ppq } = options;
  const placed = cutOverlaps(
    notes.map((note): TickNote => {
      const start = secondsToTick(points, ppq, note.onset);
      const end = Math.max(start + 1, secondsToTick(points, ppq, note.offset));
      return { start, end, pitch: note.pitch, velocity: note.velocity, bend: note.bend ?? [] };
    }),
  );
  const events = placed.flatMap(({ start, end, pitch, velocity }): PlacedEvent[] => [
    { tick: start, rank: 2, bytes: noteOn(channel, pitch, velocity) },
    { tick: end, rank: 0, bytes: noteOff(channel, pitch) },
  ]);
  return options.pitchBends ? [...bendEvents(placed, channel), ...events] : events;
}

/** Ordered by start, then pitch. */
function cutOverlaps(notes: readonly TickNote[]): TickNote[] {
  const byStart = notes.toSorted((a, b) => a.start - b.start || a.pitch - b.pitch);
  const kept: TickNote[] = [];
  const lastOfPitch = new Map<number, number>();
  for (const note of byStart) {
    const index = lastOfPitch.get(note.pitch);
    const last = index === undefined ? undefined : kept[index]!;
    if (index !== undefined && last?.start === note.start) {
      const [longer] = [last, note].toSorted((a, b) => b.end - a.end);
      kept[index] = { ...longer!, velocity: Math.max(last.velocity, note.velocity) };
      continue;
    }
    if (index !== undefined && last !== undefined && last.end > note.start) {
      kept[index] = cut(last, note.start);
    }
    lastOfPitch.set(note.pitch, kept.push(note) - 1);
  }
  return kept;
}

/** The bend curve is cut along. */
const cut = (note: TickNote, end: number): TickNote => ({
  ...note,
  end,
  bend: note.bend.slice(0, Math.ceil((note.bend.length * (end - note.start)) / (note.end - note.start))),
});

/**
 * A bend moves a whole channel, so only notes that sound alone are bent, as the authors of Basic Pitch do it;
 * curves beyond the range are clipped. The range is set by RPN 0 at the start.
 */
function bendEvents(notes: readonly TickNote[], channel: number): PlacedEvent[] {
  const control = (number: number, value: number): PlacedEvent => ({
    tick: 0,
    rank: 1,
    bytes: controller(channel, number, value),
  });
  // RPN 0 (pitch bend sensitivity), its value in semitones and cents, then no RPN.
  const events = [
    control(101, 0),
    control(100, 0),
    control(6, bendRange),
    control(38, 0),
    control(101, 127),
    control(100, 127),
  ];
  let current = 0;
  let soundingUntil = 0;
  for (const [i, note] of notes.entries()) {
    const alone = note.start >= soundingUntil && (notes[i + 1]?.start ?? Infinity) >= note.end;
    soundingUntil = Math.max(soundingUntil, note.end);
    const values = alone && note.bend.length > 0 ? note.bend : [0];
    const step = values.length > 1 ? (note.end - note.start) / (values.length - 1) : 0;
    for (const [at, semitones] of values.entries()) {
      const value = Math.max(-8192, Math.min(8191, Math.round((semitones * 8192) / bendRange)));
      // The last value belongs to the end of the note, where the next one may start.
      const tick = Math.min(note.start + Math.round(at * step), note.end - 1);
      if (value !== current) events.push({ tick, rank: 1, bytes: pitchBend(channel, value) });
      current = value;
    }
  }
  return events;
}
