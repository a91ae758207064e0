import { seededRandom } from '../fault/seededRandom.ts';

/** How a part of a song sounds. */
interface Part {
  /** MIDI pitches of four bars' chords. */
  readonly chords: readonly (readonly number[])[];
  readonly drums: number;
  readonly bass: number;
  readonly pad: number;
  /** A melody an octave above the chords. */
  readonly lead: number;
}

export interface FormedSong {
  readonly audio: Float32Array;
  readonly sections: readonly { readonly start: number; readonly end: number; readonly label: string }[];
}

const minor = [0, 3, 7];
const major = [0, 4, 7];
const progressions = [
  [
    [57, minor],
    [53, major],
    [48, major],
    [55, major],
  ],
  [
    [50, minor],
    [57, minor],
    [52, major],
    [57, minor],
  ],
  [
    [48, major],
    [55, major],
    [57, minor],
    [53, major],
  ],
  [
    [53, major],
    [55, major],
    [52, minor],
    [57, minor],
  ],
] as const;

/**
 * A rendered song whose sections are known: parts of 8 or 16 bars with chords, drums, bass, pad and lead of their own, returning as
 * in popular music. The same seed gives the same song.
 */
export function formedSong(seed: number, sampleRate: number): FormedSong {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const transposition = Math.floor(random() * 12) - 5;
  const parts: Record<string, Part> = Object.fromEntries(
    ['A', 'B', 'C', 'D'].map((name, index) => {
      const chords = progressions[index]!.map(([root, kind]) =>
        kind.map((step) => root + step + transposition),
      );
      // No two parts have the same instruments.
      const drums = [0, 0.3, 0.15, 0][index]!;
      return [
        name,
        {
          chords,
          drums,
          bass: index === 3 ? 0 : 0.2,
          pad: 0.05 + 0.05 * random(),
          lead: index % 2 ? 0.12 : 0,
        },
      ];
    }),
  );
  const form = pick(['ABABCB', 'AABAB', 'DABABD', 'ABCABC', 'ABACA', 'DABCBD']);
  const bar = (4 * 60) / (84 + 60 * random());
  const sections: { start: number; end: number; label: string }[] = [];
  let at = 0;
  for (const label of form) {
    const end = at + bar * (label === 'A' ? pick([8, 16]) : 8);
    // The same part twice in a row is one stretch of one sound.
    if (sections.at(-1)?.label === label) sections.at(-1)!.end = end;
    else sections.push({ start: at, end, label });
    at = end;
  }
  const audio = new Float32Array(Math.ceil(at * sampleRate));
  for (const { start, end, label } of sections) {
    for (let k = 0; start + k * bar < end - bar / 2; k++) {
      playBar(audio, sampleRate, parts[label]!, k, start + k * bar, bar, random);
    }
  }
  return { audio, sections };
}

function playBar(
  audio: Float32Array,
  sampleRate: number,
  { chords, drums, bass, pad, lead }: Part,
  index: number,
  start: number,
  bar: number,
  random: () => number,
): void {
  const chord = chords[index % chords.length]!;
  const beat = bar / 4;
  const tone = (at: number, seconds: number, pitch: number, level: number, harmonics: number) => {
    const hz = 440 * 2 ** ((pitch - 69) / 12);
    const from = Math.round(at * sampleRate);
    const length = Math.min(audio.length - from, Math.round(seconds * sampleRate));
    for (let n = 0; n < length; n++) {
      const t = n / sampleRate;
      const envelope = Math.min(1, t / 0.005, (seconds - t) / 0.02) * Math.exp(-1.5 * t);
      for (let h = 1; h <= harmonics; h++)
        audio[from + n]! += ((level * envelope) / h) * Math.sin(2 * Math.PI * hz * h * t);
    }
  };
  const noise = (at: number, seconds: number, level: number, decay: number) => {
    const from = Math.round(at * sampleRate);
    for (let n = 0; n < seconds * sampleRate && from + n < audio.length; n++)
      audio[from + n]! += level * Math.exp((-decay * n) / sampleRate) * (2 * random() - 1);
  };
  for (const pitch of chord) tone(start, bar, pitch, pad, 3);
  for (let k = 0; k < 4; k++) {
    const at = start + k * beat;
    if (bass > 0) tone(at, beat, chord[0]! - 24, bass, 4);
    if (lead > 0) tone(at, beat, chord[(k + index) % 3]! + 12, lead, 5);
    if (drums > 0) {
      tone(at, 0.12, 31, k % 2 === 0 ? 2 * drums : 0, 1);
      noise(at, 0.15, k % 2 === 1 ? drums : drums / 4, 25);
      noise(at + beat / 2, 0.05, drums / 3, 60);
    } else noise(at, 0.01, 0.02, 200);
  }
}
