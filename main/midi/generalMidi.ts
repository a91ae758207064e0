/** Index of MIDI channel 10, which General MIDI keeps for percussion. */
export const drumChannel = 9;

interface Instrument {
  /** Whole words of a track name, a trailing number left out. */
  readonly words: RegExp;
  /** General MIDI program, from 0. */
  readonly program: number;
}

/**
 * Programs by the words of a stem's or track's name, the first match counts (General MIDI 1 sound set):
 *
 * | name                                 | program, from 0              |
 * | ------------------------------------ | ---------------------------- |
 * | backing vocals, choir                | 52 Choir Aahs                |
 * | vocals                               | 54 Synth Voice               |
 * | synth bass, 808                      | 38 Synth Bass 1              |
 * | bass                                 | 33 Electric Bass (finger)    |
 * | acoustic guitar, guitar              | 25 steel, 27 Electric (clean)|
 * | electric piano, keys; piano          | 4 Electric Piano 1, 0 Grand  |
 * | organ, strings, brass, sax, flute    | 16, 48, 61, 65, 73           |
 * | bells, pluck, pad, lead, synth       | 14, 45, 88, 80, 81           |
 * | everything else ("other")            | 4 Electric Piano 1           |
 */
const instruments: readonly Instrument[] = [
  { words: /^(bg|bv|backing|choir|aah+|ooh+|harmony|bgvox|bgv)$/, program: 52 },
  { words: /^(vox|voc|vocals?|voices?|sing(er|ing)?|lead ?vox)$/, program: 54 },
  { words: /^(808|sybass|synthbass)$/, program: 38 },
  { words: /^(bass|basses|sub)$/, program: 33 },
  { words: /^(acoustic|ac ?gtr)$/, program: 25 },
  { words: /^(guitars?|gtr|gtrs|git)$/, program: 27 },
  { words: /^(rhodes|wurli|wurlitzer|keys|keyboards?|ep)$/, program: 4 },
  { words: /^(piano|pno|grand)$/, program: 0 },
  { words: /^(organ|hammond)$/, program: 16 },
  { words: /^(strings?|violins?|violas?|cellos?|celli|orchestra)$/, program: 48 },
  { words: /^(brass|horns?|trumpets?|trombones?)$/, program: 61 },
  { words: /^(sax|saxes|saxophones?)$/, program: 65 },
  { words: /^(flutes?|woodwinds?)$/, program: 73 },
  { words: /^(bells?|chimes?)$/, program: 14 },
  { words: /^(plucks?|pizz)$/, program: 45 },
  { words: /^(pads?|atmo(sphere)?s?)$/, program: 88 },
  { words: /^(lead|leads)$/, program: 80 },
  { words: /^(synths?|arps?|stabs?|poly)$/, program: 81 },
];

/** The program of `other`, and of names that say nothing. */
const fallback = 4;

/** Program for a stem or a track with this name. */
export function programFor(name: string): number {
  const words = name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => (/^\d+$/.test(word) ? word : word.replace(/\d+$/, '')));
  // What remains without it, such as "no_vocals".
  if (words[0] === 'no') return fallback;
  if (words.includes('bass') && words.some((word) => /^(sy|synth|moog)$/.test(word))) return 38;
  return (
    instruments.find(({ words: wanted }) => words.some((word) => wanted.test(word)))?.program ?? fallback
  );
}

/** Channels for `count` melodic tracks: all but the drum channel, starting again when they are used up. */
export const melodicChannel = (index: number): number => {
  const channel = index % 15;
  return channel < drumChannel ? channel : channel + 1;
};
