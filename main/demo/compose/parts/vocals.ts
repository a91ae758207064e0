import { barStart, endBar, firstChorusBar, firstVerseBar, type ScoreNote } from '../song.ts';

/** A note with the syllable that is sung on it, in ARPAbet. */
export interface SungNote extends ScoreNote {
  readonly phonemes: readonly string[];
  /** Starts after a breath. */
  readonly breath: boolean;
}

type Line = readonly (readonly [beat: number, length: number, pitch: number, phonemes: string])[];

const [B3, D4, E4, Fs4, G4, A4, B4, C5, D5] = [59, 62, 64, 66, 67, 69, 71, 72, 74];

/** One entry a bar; a beat of 4 or more reaches into the next bar. */
const verse: readonly Line[] = [
  // Light is on the water,
  [
    [0.5, 0.5, B3, 'L AY T'],
    [1, 0.5, D4, 'IH Z'],
    [1.5, 0.5, D4, 'AA N'],
    [2, 0.5, E4, 'DH AH'],
    [2.5, 1, D4, 'W AA'],
    [3.5, 1.1, B3, 'T ER'],
  ],
  // morning moves so slow,
  [
    [1, 0.5, G4, 'M AO R'],
    [1.5, 0.5, Fs4, 'N IH NG'],
    [2, 0.9, E4, 'M UW V Z'],
    [3, 0.5, D4, 'S OW'],
    [3.5, 1.3, E4, 'S L OW'],
  ],
  // all the windows open
  [
    [1, 0.5, E4, 'AO L'],
    [1.5, 0.5, E4, 'DH AH'],
    [2, 0.5, G4, 'W IH N'],
    [2.5, 0.5, G4, 'D OW Z'],
    [3, 0.5, E4, 'OW'],
    [3.5, 0.5, D4, 'P AH N'],
  ],
  // to a song I know.
  [
    [0, 0.5, Fs4, 'T UW'],
    [0.5, 0.5, Fs4, 'AH'],
    [1, 1, A4, 'S AO NG'],
    [2, 0.5, Fs4, 'AY'],
    [2.5, 1.4, D4, 'N OW'],
  ],
  // And you are in the letter,
  [
    [0.5, 0.5, B3, 'AE N D'],
    [1, 0.5, D4, 'Y UW'],
    [1.5, 0.5, D4, 'AA R'],
    [2, 0.25, E4, 'IH N'],
    [2.25, 0.25, E4, 'DH AH'],
    [2.5, 1, D4, 'L EH'],
    [3.5, 1.1, B3, 'T ER'],
  ],
  // line on line, a sign:
  [
    [1, 0.9, G4, 'L AY N'],
    [2, 0.5, Fs4, 'AA N'],
    [2.5, 0.5, E4, 'L AY N'],
    [3, 0.5, D4, 'AH'],
    [3.5, 1.3, E4, 'S AY N'],
  ],
  // so come over, leave the
  [
    [1, 0.5, A4, 'S OW'],
    [1.5, 0.5, A4, 'K AH M'],
    [2, 0.5, G4, 'OW'],
    [2.5, 0.5, E4, 'V ER'],
    [3, 0.5, G4, 'L IY V'],
    [3.5, 0.5, A4, 'DH AH'],
  ],
  // day behind. Hold
  [
    [0, 1, A4, 'D EY'],
    [1, 0.5, Fs4, 'B IY'],
    [1.5, 1.6, A4, 'HH AY N D'],
  ],
];

const chorus: readonly Line[] = [
  // Hold on to the
  [
    [0, 1, G4, 'HH OW L D'],
    [1, 1.5, C5, 'AA N'],
    [2.5, 0.5, B4, 'T UW'],
    [3, 1, A4, 'DH AH'],
  ],
  // summer, hold on to
  [
    [0, 1, A4, 'S AH'],
    [1, 1.2, Fs4, 'M ER'],
    [2.5, 0.5, D4, 'HH OW L D'],
    [3, 0.5, Fs4, 'AA N'],
    [3.5, 0.5, A4, 'T UW'],
  ],
  // me now,
  [
    [0, 1.5, D5, 'M IY'],
    [1.5, 2.1, B4, 'N AW'],
  ],
  // we are only here for a
  [
    [0.5, 0.5, G4, 'W IY'],
    [1, 0.5, G4, 'AA R'],
    [1.5, 0.5, A4, 'OW N'],
    [2, 0.5, B4, 'L IY'],
    [2.5, 0.5, A4, 'HH IH R'],
    [3, 0.5, G4, 'F AO R'],
    [3.5, 0.5, E4, 'AH'],
  ],
  // while, so sing it
  [
    [0, 1, G4, 'W AY L'],
    [1, 1.4, C5, 'S OW'],
    [2.5, 0.5, B4, 'S IH NG'],
    [3, 1, A4, 'IH T'],
  ],
  // loud now, let it
  [
    [0, 1, C5, 'L AW D'],
    [1, 1.2, A4, 'N AW'],
    [2.5, 0.5, E4, 'L EH T'],
    [3, 0.5, G4, 'IH T'],
    [3.5, 0.5, A4, 'G OW'],
  ],
  // on and on,
  [
    [0, 1, G4, 'AA N'],
    [1, 0.5, A4, 'AE N D'],
    [1.5, 2, A4, 'AA N'],
  ],
  // all the way back
  [
    [1, 0.5, A4, 'AO L'],
    [1.5, 0.5, B4, 'DH AH'],
    [2, 1, A4, 'W EY'],
    [3, 1, Fs4, 'B AE K'],
  ],
];
// home.
const ending: Line = [[0, 3, G4, 'HH OW M']];

function sing(lines: readonly Line[], firstBar: number, velocity: number): SungNote[] {
  const notes = lines.flatMap((line, bar) =>
    line.map(([beat, length, pitch, phonemes]) => ({
      start: barStart(firstBar + bar) + beat,
      length,
      pitch,
      velocity: Math.round(velocity + 1.2 * (pitch - 66) + (length >= 1 ? 4 : 0)),
      phonemes: phonemes.split(' '),
    })),
  );
  return notes.map((note, i) => {
    const before = notes[i - 1];
    return { ...note, breath: before === undefined || note.start - before.start - before.length > 0.3 };
  });
}

export function leadPart(): SungNote[] {
  return [...sing(verse, firstVerseBar, 80), ...sing([...chorus, ending], firstChorusBar, 98)].map(
    (note) => ({ ...note, velocity: Math.min(note.velocity, 124) }),
  );
}

const scale = [0, 2, 4, 6, 7, 9, 11];

/** The chorus again, a third below in the key. */
export function harmonyPart(): SungNote[] {
  const third = (pitch: number): number => {
    let steps = 0;
    let below = pitch;
    while (steps < 2) if (scale.includes(--below % 12)) steps++;
    return below;
  };
  return leadPart()
    .filter((note) => note.start >= barStart(firstChorusBar) && note.start <= barStart(endBar))
    .map((note) => ({ ...note, pitch: third(note.pitch), velocity: note.velocity - 18 }));
}
