import type { StemNote } from '../../contracts/notes.ts';
import type { Tags } from '../../contracts/tags.ts';
import { tempoMapFromBeats } from '../../midi/beatGrid.ts';
import { isDrums } from '../../midi/drums.ts';
import { drumChannel, melodicChannel, programFor } from '../../midi/generalMidi.ts';
import { constantTempo, type TempoMap } from '../../midi/tempoMap.ts';
import { midiBytes } from '../../midi/writeMidi.ts';

/** The tempo map that the audio's own beats give, or one tempo when the user knows it. */
export const tempoMapOf = (tags: Tags | null, bpm: number | null): TempoMap =>
  bpm !== null || tags === null ? constantTempo(bpm ?? 120) : tempoMapFromBeats(tags);

/** A Standard MIDI file with one track per stem, in the order given. */
export function stemsToMidi(
  stems: readonly { readonly name: string; readonly notes: readonly StemNote[] }[],
  tempoMap: TempoMap,
): Uint8Array {
  let melodic = 0;
  return midiBytes({
    tempoMap,
    tracks: stems.map(({ name, notes }) => ({
      name,
      notes,
      program: programFor(name),
      channel: isDrums(name) ? drumChannel : melodicChannel(melodic++),
    })),
  });
}
