import { design, filter } from '../dsp/biquad.ts';
import { addPanned, silence, type Stereo } from '../dsp/stereo.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';
import { song } from '../song.ts';
import { pluck, type StringSound } from './pluckedString.ts';

const steel: StringSound = {
  sustain: 5,
  brightness: 0.86,
  pluckAt: 0.17,
  pickupAt: 0.11,
  pluckHz: [1800, 9000],
};

/** Air and plate resonances of a dreadnought's body: [Hz, Q, dB]. */
const body = [
  [102, 3.5, 7],
  [198, 4, 6],
  [285, 5, 3],
  [420, 4, 3],
  [700, 2, -3],
  [2600, 1.2, 4],
] as const;

/** Steel-string guitar through its body, seen by two microphones (the lower strings a little to the left). */
export function playGuitar(notes: readonly PlayedNote[], random: Random, width: number): Stereo {
  const out = silence(songFrames);
  for (const note of notes) {
    const tone = pluck(steel, note.pitch, note.velocity, note.offset - note.onset, song.sampleRate, random);
    const pan = width * Math.max(-1, Math.min(1, (note.pitch - 58) / 14));
    addPanned(out, tone, Math.round(note.onset * song.sampleRate), 0.16, pan);
  }
  for (const channel of [out.left, out.right]) {
    filter(channel, design('high-pass', 75, 0.7, song.sampleRate));
    for (const [hertz, q, db] of body) filter(channel, design('bell', hertz, q, song.sampleRate, db));
    filter(channel, design('high-shelf', 7000, 0.7, song.sampleRate, -4));
  }
  return out;
}
