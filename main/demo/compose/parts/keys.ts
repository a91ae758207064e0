import { chords, endBar, firstChorusBar, firstVerseBar, voicing, type ScoreNote } from '../song.ts';

const verse = [
  [0, 1.4, 70],
  [1.5, 0.9, 60],
  [2.5, 1.3, 66],
] as const;
const chorus = [
  [0, 0.9, 84],
  [1, 0.4, 66],
  [1.5, 1, 78],
  [2.5, 0.9, 76],
  [3.5, 0.4, 64],
] as const;

/** Electric piano: syncopated chords in the middle register; silent in the introduction. */
export function keysPart(): ScoreNote[] {
  return chords.flatMap((chord, bar) => {
    if (bar < firstVerseBar) return [];
    const tones = voicing(chord, 55, 69).slice(0, 4);
    const rhythm = bar >= endBar ? ([[0, 3.9, 80]] as const) : bar < firstChorusBar ? verse : chorus;
    return rhythm.flatMap(([beat, length, velocity]) =>
      tones.map((pitch, i) => ({
        start: chord.start + beat,
        length,
        pitch,
        velocity: velocity - (i % 2) * 5,
      })),
    );
  });
}
