import { z } from 'zod';

/** One transcribed note. Times are seconds from the start of the audio. */
export const note = z.object({
  onset: z.number().nonnegative(),
  offset: z.number().nonnegative(),
  /** MIDI note number; for drums the General MIDI percussion key. */
  pitch: z.number().int().min(0).max(127),
  velocity: z.number().int().min(1).max(127),
  /** 0 to 1; a slider hides notes below it, nothing is ever deleted. */
  confidence: z.number().min(0).max(1),
  /** Pitch bend curve over the note, in semitones, equally spaced from onset to offset. */
  bend: z.array(z.number()).optional(),
});
export type Note = z.infer<typeof note>;

/** A note together with the stem it was heard in. */
export const stemNote = note.extend({ stem: z.string() });
export type StemNote = z.infer<typeof stemNote>;
