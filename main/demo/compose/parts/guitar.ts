import { chords, endBar, firstChorusBar, voicing, type Chord, type ScoreNote } from '../song.ts';

/** Picked eighths over the chord, alternating between the low and the high strings. */
function arpeggio(chord: Chord): ScoreNote[] {
  const tones = voicing(chord, 50, 71).slice(0, 6);
  const order = [0, 2, 4, 3, 5, 3, 4, 2];
  return order.map((string, i) => ({
    start: chord.start + i / 2,
    length: 1.4,
    pitch: tones[Math.min(string, tones.length - 1)]!,
    velocity: i % 4 === 0 ? 86 : 68 + (i % 3) * 4,
  }));
}

const strums: readonly (readonly [beat: number, up: boolean, velocity: number])[] = [
  [0, false, 98],
  [1, false, 82],
  [1.5, true, 66],
  [2.5, true, 74],
  [3, false, 90],
  [3.5, true, 64],
];

/** Down strokes run from the low string to the high one, up strokes back over the upper strings. */
function strummed(chord: Chord): ScoreNote[] {
  const tones = voicing(chord, 45, 69).slice(-6);
  return strums.flatMap(([beat, up, velocity], s) => {
    const strings = up ? tones.slice(-4).reverse() : tones;
    const until = strums[s + 1]?.[0] ?? 4;
    return strings.map((pitch, i) => ({
      start: chord.start + beat + i * 0.018,
      length: until - beat - i * 0.018,
      pitch,
      velocity: velocity - 3 * i,
    }));
  });
}

/** Steel-string guitar: an arpeggio in introduction and verse, strummed in the chorus. */
export function guitarPart(): ScoreNote[] {
  return chords.flatMap((chord, bar) => {
    if (bar < firstChorusBar) return arpeggio(chord);
    if (bar < endBar) return strummed(chord);
    return voicing(chord, 43, 71).map((pitch, i) => ({
      start: chord.start + i * 0.03,
      length: 4,
      pitch,
      velocity: 92 - 2 * i,
    }));
  });
}
