import { constantTempo } from '../../../main/midi/tempoMap.ts';
import { writeMidi } from '../../../main/midi/writeMidi.ts';
import { sampleRate } from './material.ts';

/** A note in frames of the timeline. */
export interface PlacedNote {
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
  readonly velocity: number;
}

/** Writes them as `sonidesk transcribe` does; second 0 of the file is frame 0. */
export async function writeNotes(path: string, notes: readonly PlacedNote[]): Promise<void> {
  await writeMidi(path, {
    tempoMap: constantTempo(120),
    tracks: [
      {
        name: 'notes',
        program: 0,
        channel: 0,
        notes: notes.map(({ start, end, pitch, velocity }) => ({
          onset: start / sampleRate,
          offset: end / sampleRate,
          pitch,
          velocity,
          confidence: 1,
        })),
      },
    ],
  });
}
