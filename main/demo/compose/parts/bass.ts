import { chords, endBar, firstChorusBar, firstVerseBar, type Chord, type ScoreNote } from '../song.ts';

type Step = readonly [beat: number, length: number, interval: number, velocity: number];

const verse: readonly Step[] = [
  [0, 1.4, 0, 100],
  [1.75, 0.25, 0, 76],
  [2, 0.9, 0, 96],
  [2.75, 0.25, 12, 72],
  [3, 0.45, 7, 88],
];
const drive: readonly Step[] = [
  [0, 0.7, 0, 110],
  [0.75, 0.2, 0, 82],
  [1, 0.45, 0, 92],
  [1.5, 0.45, 0, 98],
  [2, 0.45, 0, 106],
  [2.5, 0.45, 0, 96],
  [3, 0.45, 12, 92],
];

/** A half step or whole step into the next root. */
function approach(chord: Chord, next: Chord): number {
  const step = next.bass > chord.bass ? -1 : 1;
  const diatonic = [7, 9, 11, 0, 2, 4, 6];
  const near = next.bass + step;
  return diatonic.includes(near % 12) ? near : next.bass + 2 * step;
}

function bar(chord: Chord, next: Chord | undefined, steps: readonly Step[]): ScoreNote[] {
  const notes = steps.map(([beat, length, interval, velocity]) => {
    const fifth = interval === 7 ? chord.tones[2]! : undefined;
    const pitch =
      fifth === undefined ? chord.bass + interval : chord.bass + ((fifth - chord.bass + 120) % 12);
    return { start: chord.start + beat, length, pitch, velocity };
  });
  if (next !== undefined)
    notes.push({ start: chord.start + 3.5, length: 0.45, pitch: approach(chord, next), velocity: 86 });
  return notes;
}

/** Electric bass: roots with pick-ups in the verse, driving eighths in the chorus, an approach note into each change. */
export function bassPart(): ScoreNote[] {
  return chords.flatMap((chord, index) => {
    const next = chords[index + 1];
    if (index < firstVerseBar) return [{ start: chord.start, length: 3.6, pitch: chord.bass, velocity: 84 }];
    if (index >= endBar) return [{ start: chord.start, length: 3.9, pitch: chord.bass, velocity: 104 }];
    return bar(chord, next, index < firstChorusBar ? verse : drive);
  });
}
