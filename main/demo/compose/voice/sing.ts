import type { SungNote } from '../parts/vocals.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';
import { song } from '../song.ts';
import { gesturesOf } from './gestures.ts';
import { pitchCurve, type Vibrato } from './pitchCurve.ts';
import { Tract, type TractAim } from './tract.ts';

export interface Singer {
  readonly vibrato: Vibrato;
  /** Formant scale: 1 for the table's voice, less for a longer throat. */
  readonly tractScale: number;
  /** Breath in the tone, 0 to 1. */
  readonly breathiness: number;
}

/** Control points every 2.5 ms. */
const controlRate = 400;

const rest: TractAim = {
  formants: [520, 1500, 2600],
  voicing: 0,
  aspiration: 0,
  frication: 0,
  noise: [5000, 5000],
  nasal: false,
  effort: 0.5,
};

/** Sings the notes; mono at the song's rate. */
export function sing(
  score: readonly SungNote[],
  played: readonly PlayedNote[],
  singer: Singer,
  random: Random,
): Float32Array {
  const step = song.sampleRate / controlRate;
  const points = Math.ceil(songFrames / step);
  const gestures = gesturesOf(score, played);
  const breaths = score.flatMap((note, i) => (note.breath ? [played[i]!.onset] : []));
  const pitch = pitchCurve(played, singer.vibrato, 1 / controlRate, points, random);
  const tract = new Tract(singer, song.sampleRate, random);
  const voice = new Float32Array(songFrames);

  let g = 0;
  let b = 0;
  for (let i = 0; i < points; i++) {
    const time = i / controlRate;
    while (g < gestures.length && gestures[g]!.end <= time) g++;
    while (b < breaths.length && breaths[b]! < time) b++;
    const gesture = gestures[g];
    let aim: TractAim = rest;
    if (gesture !== undefined && gesture.start <= time) {
      const { from, open } = gesture;
      const through = (time - gesture.start) / (gesture.end - gesture.start);
      // Diphthongs stay on the first vowel for most of a sung note.
      const glide = from.glideTo === undefined ? 0 : Math.max(0, (through - 0.55) / 0.45);
      const mix = (k: 0 | 1 | 2): number =>
        from.formants[k] + glide * ((from.glideTo ?? from.formants)[k] - from.formants[k]);
      const effort = gesture.velocity / 127;
      const loud = effort ** 1.5;
      aim = {
        formants: [mix(0), mix(1), mix(2)],
        voicing: open ? from.voicing * loud : from.voicing * 0.25 * loud,
        aspiration: open ? from.aspiration * loud : 0,
        frication: open ? from.frication * (0.4 + 0.6 * loud) : 0,
        noise: from.noise ?? rest.noise,
        nasal: from.nasal ?? false,
        effort,
      };
    } else if (b < breaths.length && breaths[b]! - time < 0.42 && breaths[b]! - time > 0.14) {
      aim = { ...rest, aspiration: 0.22, frication: 0.012, noise: [4500, 6000] };
    }
    const start = Math.round(i * step);
    tract.render(voice, start, Math.min(songFrames, Math.round((i + 1) * step)), pitch[i]!, aim);
  }
  return voice;
}
