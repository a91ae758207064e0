import type { SungNote } from '../parts/vocals.ts';
import type { PlayedNote } from '../performance.ts';
import { isVowel, phonemes, type Phoneme } from './phonemes.ts';

/** A stretch of time with one aim for the vocal tract. */
export interface Gesture {
  readonly start: number;
  readonly end: number;
  readonly from: Phoneme;
  /** 0 during the closure of a stop. */
  readonly open: boolean;
  readonly velocity: number;
}

const length = (phoneme: Phoneme): number => (phoneme.closure ?? 0) + (phoneme.duration ?? 0);

/** Lays one consonant at `start`: closure, then burst. */
function consonant(phoneme: Phoneme, start: number, velocity: number): Gesture[] {
  const released = start + (phoneme.closure ?? 0);
  const end = released + (phoneme.duration ?? 0);
  const burst: Gesture = { start: released, end, from: phoneme, open: true, velocity };
  return phoneme.closure === undefined ? [burst] : [{ ...burst, start, end: released, open: false }, burst];
}

/**
 * When each phoneme happens. Singers put the vowel on the beat: leading consonants come before the onset,
 * taken from the end of the previous note; trailing ones end with the note.
 */
export function gesturesOf(score: readonly SungNote[], played: readonly PlayedNote[]): Gesture[] {
  const syllables = score.map((note, i) => {
    const names = note.phonemes;
    const vowelAt = names.findIndex(isVowel);
    const get = (name: string): Phoneme => phonemes[name]!;
    return {
      note: played[i]!,
      before: names.slice(0, vowelAt).map(get),
      vowel: get(names[vowelAt]!),
      after: names.slice(vowelAt + 1).map(get),
    };
  });
  return syllables.flatMap(({ note, before, vowel, after }, i) => {
    const { velocity } = note;
    const next = syllables[i + 1];
    const nextLead = next === undefined ? 0 : next.before.reduce((sum, p) => sum + length(p), 0);
    const end = Math.min(note.offset, next === undefined ? Infinity : next.note.onset - nextLead);
    const tail = Math.min(
      after.reduce((sum, p) => sum + length(p), 0),
      0.6 * Math.max(0.02, end - note.onset),
    );
    const natural = after.reduce((sum, p) => sum + length(p), 0) || 1;
    const gestures: Gesture[] = [];
    let time = note.onset - before.reduce((sum, p) => sum + length(p), 0);
    for (const phoneme of before) {
      gestures.push(...consonant(phoneme, time, velocity));
      time += length(phoneme);
    }
    gestures.push({ start: note.onset, end: end - tail, from: vowel, open: true, velocity });
    time = end - tail;
    for (const phoneme of after) {
      const scale = tail / natural;
      const laid = consonant(phoneme, 0, velocity * 0.9);
      gestures.push(...laid.map((g) => ({ ...g, start: time + scale * g.start, end: time + scale * g.end })));
      time += scale * length(phoneme);
    }
    return gestures;
  });
}
