import { chords, firstChorusBar, voicing, type ScoreNote } from '../song.ts';

/** Held string-like chords under the second half of the verse and the chorus. */
export function padPart(): ScoreNote[] {
  return chords.slice(firstChorusBar - 4).flatMap((chord) =>
    voicing(chord, 60, 76)
      .slice(0, 4)
      .map((pitch) => ({ start: chord.start, length: chord.length, pitch, velocity: 72 })),
  );
}
