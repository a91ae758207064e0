import { design, filter } from '../dsp/biquad.ts';
import { saturate } from '../dsp/dynamics.ts';
import { addPanned, silence, type Stereo } from '../dsp/stereo.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';
import { song } from '../song.ts';
import { pluck, type StringSound } from './pluckedString.ts';

const flatwound: StringSound = {
  sustain: 9,
  brightness: 0.55,
  pluckAt: 0.23,
  pickupAt: 0.14,
  pluckHz: [420, 2600],
};

/** Electric bass, fingered, through a driven amplifier and its cabinet. */
export function playBass(notes: readonly PlayedNote[], random: Random): Stereo {
  const out = silence(songFrames);
  const rate = song.sampleRate;
  for (const note of notes) {
    const tone = pluck(flatwound, note.pitch, note.velocity, note.offset - note.onset, rate, random);
    addPanned(out, tone, Math.round(note.onset * rate), 0.42, 0);
  }
  filter(out.left, design('low-shelf', 90, 0.7, rate, 5));
  saturate(out.left, 1.6);
  filter(out.left, design('high-pass', 32, 0.7, rate));
  filter(out.left, design('bell', 240, 1, rate, -3));
  filter(out.left, design('bell', 850, 1.1, rate, 3));
  filter(out.left, design('low-pass', 4200, 0.8, rate));
  out.right.set(out.left);
  return out;
}
