import type { Beats } from '../../contracts/units.ts';

/**
 * "Light Is on the Water", our own composition (words and music), under the licence of this repository: two bars of introduction, eight of verse, eight of chorus and an end chord, G major, 108 beats a minute.
 */
export const song = {
  title: 'Light Is on the Water',
  bpm: 108,
  beatsPerBar: 4,
  bars: 19,
  key: { tonic: 'G', mode: 'major' },
  sampleRate: 48000,
  /** Silence before the first beat and the time the last chord gets to ring, in seconds. */
  leadIn: 0.15,
  tail: 1.2,
} as const;

export const firstVerseBar = 2;
export const firstChorusBar = 10;
export const endBar = 18;

export const barStart = (bar: number): Beats => bar * song.beatsPerBar;

/** A note as composed: exact times, no human hand yet. */
export interface ScoreNote {
  readonly start: Beats;
  readonly length: Beats;
  /** MIDI note number. */
  readonly pitch: number;
  /** 1 to 127. */
  readonly velocity: number;
}

export interface Chord {
  readonly name: string;
  readonly start: Beats;
  readonly length: Beats;
  /** Bass note, MIDI, in the bass guitar's low octave. */
  readonly bass: number;
  /** Pitch classes, root first. */
  readonly tones: readonly number[];
}

const spelled: Record<string, readonly [bass: number, tones: readonly number[]]> = {
  G: [31, [7, 11, 2]],
  'G/B': [35, [7, 11, 2]],
  C: [36, [0, 4, 7]],
  Cadd9: [36, [0, 4, 7, 2]],
  D: [38, [2, 6, 9]],
  Dsus4: [38, [2, 7, 9]],
  D7: [38, [2, 6, 9, 0]],
  Em7: [28, [4, 7, 11, 2]],
  Am7: [33, [9, 0, 4, 7]],
};

const progression = [
  ['G', 'Cadd9'],
  ['G', 'Em7', 'Cadd9', 'D', 'G', 'Em7', 'Am7', 'D7'],
  ['C', 'D', 'G/B', 'Em7', 'C', 'Am7', 'Dsus4', 'D'],
  ['G'],
].flat();

/** One chord a bar. */
export const chords: readonly Chord[] = progression.map((name, bar) => {
  const [bass, tones] = spelled[name]!;
  return { name, start: barStart(bar), length: song.beatsPerBar, bass, tones };
});

/** The tones of a chord as MIDI pitches inside `low`..`high`, ascending. */
export function voicing(chord: Chord, low: number, high: number): number[] {
  const pitches: number[] = [];
  for (let pitch = low; pitch <= high; pitch++) if (chord.tones.includes(pitch % 12)) pitches.push(pitch);
  return pitches;
}
