import type { Note } from '../contracts/notes.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { noteEvents } from './noteEvents.ts';
import {
  encodeHeader,
  encodeTrack,
  programChange,
  setTempo,
  timeSignature,
  type PlacedEvent,
} from './smfEvents.ts';
import type { TempoMap } from './tempoMap.ts';
import { tickPoints } from './tickMap.ts';

export interface MidiTrack {
  readonly name: string;
  /** General MIDI program, 0 to 127. */
  readonly program: number;
  /** 0 to 15; 9 is percussion. */
  readonly channel: number;
  readonly notes: readonly Note[];
}

export interface MidiFile {
  readonly tempoMap: TempoMap;
  readonly tracks: readonly MidiTrack[];
  /** Ticks of a quarter note. */
  readonly ppq?: number;
  /** Notes below this confidence are left out of the file; by default none are. */
  readonly minConfidence?: number;
  /** Writes the bends of notes that sound alone; off by default, for most instruments the steps of the scale are wanted. */
  readonly pitchBends?: boolean;
}

const defaultPpq = 960;

/**
 * Writes a Standard MIDI File (RP-001, type 1): tempo and meter in the first track, then one track for each
 * stem. Names are UTF-8. Note times are right to half a tick at any tempo.
 * @throws SoniError `denied` | `no-space`
 */
export async function writeMidi(path: string, file: MidiFile): Promise<void> {
  await writeFileAtomic(path, midiBytes(file));
}

/** The bytes of the file. Equal input gives equal bytes. */
export function midiBytes(file: MidiFile): Uint8Array {
  const ppq = file.ppq ?? defaultPpq;
  const points = tickPoints(file.tempoMap, ppq);
  const conductor = [
    ...points.map(({ tick, microseconds }): PlacedEvent => ({
      tick,
      rank: 1,
      bytes: setTempo(microseconds),
    })),
    ...file.tempoMap.meters.map(({ beats, numerator, denominator }): PlacedEvent => ({
      tick: Math.round(beats * ppq),
      rank: 1,
      bytes: timeSignature(numerator, denominator),
    })),
  ];
  const tracks = file.tracks.map(({ name, program, channel, notes }) => {
    const shown = notes.filter(({ confidence }) => confidence >= (file.minConfidence ?? 0));
    const events = noteEvents(shown, { channel, points, ppq, pitchBends: file.pitchBends ?? false });
    return encodeTrack(name, [{ tick: 0, rank: 1, bytes: programChange(channel, program) }, ...events]);
  });
  return Buffer.concat([encodeHeader(tracks.length + 1, ppq), encodeTrack('Tempo', conductor), ...tracks]);
}
