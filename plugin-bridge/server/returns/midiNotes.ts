import type { ReadMidiFile } from '../../../main/midi/readMidi.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import type { NoteEvent } from '../../protocol/noteEvents.ts';
import type { ReturnedNotes } from './returned.ts';

/** 24 bytes each in the 32 MiB that a plugin takes. */
const mostNotes = Math.floor((32 << 20) / 24);

/** @throws SoniError `unsupported` when there are more notes than one frame can carry */
export function notesOfMidi({ tracks }: ReadMidiFile): ReturnedNotes['notes'] {
  const notes = tracks.flatMap(({ channel, notes }) =>
    notes.map((note): ReturnedNotes['notes'][number] => [
      note.onset,
      note.offset,
      channel,
      note.pitch,
      Math.max(1, note.velocity),
    ]),
  );
  if (notes.length > mostNotes) {
    throw new SoniError(
      'unsupported',
      `The file holds ${notes.length} notes; the plugin plays at most ${mostNotes}. Return it in parts, to several instances.`,
    );
  }
  return notes;
}

/** As the plugin wants them: on the host timeline at its rate, ordered by start. */
export function noteEvents({ notes, startFrame, sampleRate }: ReturnedNotes, rate: number): NoteEvent[] {
  const start = rate === sampleRate ? startFrame : Math.round((startFrame * rate) / sampleRate);
  const frame = (seconds: number) => start + Math.round(seconds * rate);
  return notes
    .map(([onset, offset, channel, pitch, velocity]) => ({
      startFrame: BigInt(frame(onset)),
      endFrame: BigInt(Math.max(frame(onset) + 1, frame(offset))),
      channel,
      pitch,
      velocity,
    }))
    .sort((a, b) => Number(a.startFrame - b.startFrame) || a.channel - b.channel || a.pitch - b.pitch);
}
