import { design, filter } from '../dsp/biquad.ts';
import { silence, type Stereo } from '../dsp/stereo.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';
import { song } from '../song.ts';

/** Detuning of the six oscillators of a note in cents; odd ones left, even ones right. */
const spread = [-11, -7, -2.5, 2.5, 7, 11];

/** Adds one band-limited sawtooth (polyBLEP; Välimäki and Huovilainen, 2007) with a slow attack and release. */
function addSaw(target: Float32Array, note: PlayedNote, cents: number, random: Random): void {
  const rate = song.sampleRate;
  const increment = (440 * 2 ** ((note.pitch - 69 + cents / 100) / 12)) / rate;
  const start = Math.round(note.onset * rate);
  const end = Math.min(target.length, Math.round((note.offset + 0.5) * rate));
  const attack = 0.28 * rate;
  const until = Math.round(note.offset * rate);
  const fade = Math.exp(-1 / (0.16 * rate));
  let phase = random.uniform();
  let level = 0;
  for (let n = start; n < end; n++) {
    level = n < until ? Math.min(1, level + 1 / attack) : level * fade;
    phase += increment;
    if (phase >= 1) phase -= 1;
    let value = 2 * phase - 1;
    if (phase < increment) value += (1 - phase / increment) ** 2;
    else if (phase > 1 - increment) value -= (1 - (1 - phase) / increment) ** 2;
    target[n]! += level * value;
  }
}

/** Ensemble strings in the manner of a 1970s string machine: wide, soft, slow. */
export function playPad(notes: readonly PlayedNote[], random: Random): Stereo {
  const out = silence(songFrames);
  for (const note of notes)
    spread.forEach((cents, k) => addSaw(k % 2 === 0 ? out.left : out.right, note, cents, random));
  for (const channel of [out.left, out.right]) {
    filter(channel, design('high-pass', 220, 0.7, song.sampleRate));
    filter(channel, design('low-pass', 2600, 0.6, song.sampleRate));
    filter(channel, design('low-pass', 5200, 0.7, song.sampleRate));
    for (let n = 0; n < channel.length; n++) channel[n]! *= 0.035;
  }
  return out;
}
