import { addPanned, silence, type Stereo } from '../dsp/stereo.ts';
import { saturate } from '../dsp/dynamics.ts';
import { design, filter } from '../dsp/biquad.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';
import { song } from '../song.ts';

/**
 * One note of a tine piano by frequency modulation: a warm 1:1 pair whose index falls with the tone and a
 * 14:1 pair for the struck tine, both brighter with velocity (after Chowning, JAES 21, 1973).
 */
function strike(note: PlayedNote, random: Random): Float32Array {
  const rate = song.sampleRate;
  const hertz = 440 * 2 ** ((note.pitch - 69) / 12) * (1 + 0.0004 * random.normal());
  const strength = note.velocity / 127;
  const held = note.offset - note.onset;
  const frames = Math.round((held + 0.25) * rate);
  const out = new Float32Array(frames);
  const step = (2 * Math.PI * hertz) / rate;
  const fade = Math.exp(-1 / (2.4 * Math.sqrt(262 / hertz) * rate));
  const barkFade = Math.exp(-1 / (0.35 * rate));
  const tineFade = Math.exp(-1 / (0.09 * rate));
  const release = Math.exp(-1 / (0.06 * rate));
  let level = strength ** 1.4;
  let bark = 0.6 + 2.2 * strength ** 2;
  let tine = 0.9 * strength ** 1.2;
  for (let n = 0; n < frames; n++) {
    const phase = step * n;
    const attack = Math.min(1, n / (0.002 * rate));
    const tone =
      Math.sin(phase + bark * Math.sin(phase + 0.3)) * 0.8 +
      0.22 * Math.sin(phase * 2.0007) +
      0.35 * Math.sin(phase + tine * Math.sin(14 * phase));
    out[n] = attack * level * tone;
    level *= n / rate < held ? fade : release;
    bark = 0.45 + (bark - 0.45) * barkFade;
    tine *= tineFade;
  }
  return out;
}

/** Tine piano with a slow stereo tremolo and a driven preamplifier. */
export function playKeys(notes: readonly PlayedNote[], random: Random): Stereo {
  const out = silence(songFrames);
  for (const note of notes)
    addPanned(
      out,
      strike(note, random),
      Math.round(note.onset * song.sampleRate),
      0.11,
      (note.pitch - 62) / 40,
    );
  for (const channel of [out.left, out.right]) {
    saturate(channel, 2.6);
    filter(channel, design('high-pass', 120, 0.7, song.sampleRate));
    filter(channel, design('high-shelf', 1800, 0.7, song.sampleRate, 5));
  }
  for (let n = 0; n < songFrames; n++) {
    const sway = 0.22 * Math.sin((2 * Math.PI * 4.6 * n) / song.sampleRate);
    out.left[n]! *= 1 + sway;
    out.right[n]! *= 1 - sway;
  }
  return out;
}
