/** What the vocal tract does for one phoneme. Frequencies in Hz for an adult low female voice. */
export interface Phoneme {
  /** First three formants at the start and, for diphthongs, at the end. */
  readonly formants: readonly [number, number, number];
  readonly glideTo?: readonly [number, number, number];
  /** Seconds; vowels take what the note leaves. */
  readonly duration?: number;
  /** Amplitudes relative to a full vowel. */
  readonly voicing: number;
  readonly aspiration: number;
  readonly frication: number;
  /** Centre and width of the frication noise. */
  readonly noise?: readonly [centre: number, width: number];
  /** Widens the first formant and dulls the sound as the nose does. */
  readonly nasal?: boolean;
  /** Silence before a burst, in seconds (stops). */
  readonly closure?: number;
}

const vowel = (
  formants: readonly [number, number, number],
  glideTo?: readonly [number, number, number],
): Phoneme => ({
  formants,
  ...(glideTo && { glideTo }),
  voicing: 1,
  aspiration: 0.5,
  frication: 0,
});

const sonorant = (
  formants: readonly [number, number, number],
  duration: number,
  voicing: number,
  nasal = false,
): Phoneme => ({ formants, duration, voicing, aspiration: 0.1, frication: 0, nasal });

const fricative = (
  formants: readonly [number, number, number],
  duration: number,
  voicing: number,
  frication: number,
  noise: readonly [number, number],
): Phoneme => ({ formants, duration, voicing, aspiration: 0.3, frication, noise });

const stop = (
  formants: readonly [number, number, number],
  closure: number,
  burst: number,
  voicing: number,
  frication: number,
  noise: readonly [number, number],
): Phoneme => ({
  formants,
  closure,
  duration: burst,
  voicing,
  aspiration: voicing > 0 ? 0.2 : 0.9,
  frication,
  noise,
});

/**
 * ARPAbet to targets. Vowels: means of female speakers (Peterson and Barney, 1952), lowered by 4 %;
 * consonant loci, durations and noise bands after Klatt (JASA 67, 1980).
 */
export const phonemes: Readonly<Record<string, Phoneme>> = {
  IY: vowel([340, 2500, 3150]),
  IH: vowel([440, 2250, 2950]),
  EH: vowel([590, 2130, 2850]),
  AE: vowel([790, 1900, 2750]),
  AH: vowel([680, 1300, 2650]),
  AA: vowel([810, 1180, 2700]),
  AO: vowel([600, 930, 2620]),
  UW: vowel([380, 950, 2560]),
  ER: vowel([490, 1480, 1900]),
  AY: vowel([800, 1200, 2680], [430, 2150, 2900]),
  AW: vowel([800, 1200, 2680], [470, 980, 2560]),
  OW: vowel([570, 1020, 2580], [410, 860, 2560]),
  EY: vowel([540, 2150, 2850], [380, 2400, 3000]),

  L: sonorant([380, 1100, 2900], 0.075, 0.55),
  R: sonorant([360, 1150, 1650], 0.07, 0.55),
  W: sonorant([320, 680, 2300], 0.075, 0.55),
  Y: sonorant([290, 2450, 3200], 0.07, 0.5),
  M: sonorant([260, 1150, 2300], 0.08, 0.42, true),
  N: sonorant([260, 1600, 2600], 0.075, 0.42, true),
  NG: sonorant([270, 2000, 2700], 0.09, 0.4, true),

  S: fricative([380, 1600, 2700], 0.1, 0, 0.75, [7600, 3800]),
  Z: fricative([320, 1600, 2700], 0.08, 0.3, 0.4, [7200, 3800]),
  F: fricative([360, 1150, 2300], 0.09, 0, 0.3, [6500, 9000]),
  V: fricative([300, 1150, 2300], 0.06, 0.4, 0.12, [6000, 9000]),
  DH: fricative([320, 1400, 2600], 0.045, 0.45, 0.1, [6200, 8000]),
  HH: fricative([560, 1500, 2600], 0.07, 0, 0.06, [3000, 4000]),

  T: stop([380, 1750, 2700], 0.05, 0.04, 0, 0.8, [5600, 5000]),
  D: stop([300, 1700, 2650], 0.035, 0.02, 0.5, 0.5, [4600, 4500]),
  K: stop([340, 2000, 2500], 0.055, 0.045, 0, 0.7, [2300, 1800]),
  G: stop([280, 2000, 2500], 0.035, 0.025, 0.5, 0.45, [2200, 1800]),
  P: stop([360, 950, 2200], 0.06, 0.035, 0, 0.35, [1500, 5000]),
  B: stop([280, 950, 2200], 0.04, 0.015, 0.5, 0.25, [1200, 4000]),
};

export const isVowel = (name: string): boolean => phonemes[name]?.duration === undefined;
