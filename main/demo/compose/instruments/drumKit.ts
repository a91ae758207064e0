import { design, filter } from '../dsp/biquad.ts';
import { addPanned, silence, type Stereo } from '../dsp/stereo.ts';
import { kit } from '../parts/drums.ts';
import { songFrames, type PlayedNote } from '../performance.ts';
import { seeded, type Random } from '../random.ts';
import { song } from '../song.ts';
import { cymbal, type Plate } from './cymbals.ts';
import { kick, sideStick, snare, tom } from './drums.ts';

const closedHat: Plate = {
  low: 3200,
  high: 15500,
  modes: 42,
  decay: 0.11,
  hiss: 0.9,
  hissDecay: 0.07,
  hissHz: 8200,
  seed: 'hat',
};
const openHat: Plate = { ...closedHat, decay: 0.7, hissDecay: 0.42 };
const ride: Plate = {
  low: 560,
  high: 12000,
  modes: 72,
  decay: 0.8,
  hiss: 0.7,
  hissDecay: 0.55,
  hissHz: 5600,
  seed: 'ride',
};
const crash: Plate = {
  low: 330,
  high: 15000,
  modes: 80,
  decay: 1.8,
  hiss: 0.75,
  hissDecay: 1.3,
  hissHz: 5200,
  seed: 'crash',
};

interface Voice {
  readonly pan: number;
  readonly gain: number;
  /** Samples of one hit. */
  strike(strength: number, random: Random): Float32Array;
}

const rate = song.sampleRate;
const voices: Readonly<Record<number, Voice>> = {
  [kit.kick]: { pan: 0, gain: 0.95, strike: (s, r) => kick(s, rate, r) },
  [kit.snare]: { pan: 0.06, gain: 0.62, strike: (s, r) => snare(s, rate, r) },
  [kit.sideStick]: { pan: 0.06, gain: 0.5, strike: (s, r) => sideStick(s, rate, r) },
  [kit.closedHat]: { pan: 0.38, gain: 0.2, strike: (s, r) => cymbal(closedHat, s, rate, r) },
  [kit.openHat]: { pan: 0.38, gain: 0.2, strike: (s, r) => cymbal(openHat, s, rate, r) },
  [kit.ride]: { pan: -0.42, gain: 0.2, strike: (s, r) => cymbal(ride, s, rate, r) },
  [kit.crash]: { pan: -0.3, gain: 0.34, strike: (s, r) => cymbal(crash, s, rate, r) },
  [kit.highTom]: { pan: 0.25, gain: 0.6, strike: (s, r) => tom(168, s, rate, r) },
  [kit.midTom]: { pan: -0.05, gain: 0.6, strike: (s, r) => tom(124, s, rate, r) },
  [kit.lowTom]: { pan: -0.4, gain: 0.65, strike: (s, r) => tom(88, s, rate, r) },
};

/** The kit as a drum bus: close sound of each piece; every hit is synthesised anew, no two are alike. */
export function playDrums(notes: readonly PlayedNote[]): Stereo {
  const out = silence(songFrames);
  const hats = silence(songFrames);
  const hatStops = notes.filter((note) => note.pitch === kit.closedHat).map((note) => note.onset);
  notes.forEach((note, i) => {
    const voice = voices[note.pitch]!;
    const hit = voice.strike(note.velocity / 127, seeded(`hit ${i}`));
    if (note.pitch === kit.openHat) choke(hit, note.onset, hatStops);
    const isHat = note.pitch === kit.openHat || note.pitch === kit.closedHat;
    addPanned(isHat ? hats : out, hit, Math.round(note.onset * rate), voice.gain, voice.pan);
  });
  for (const channel of [hats.left, hats.right]) filter(channel, design('high-pass', 2500, 0.7, rate));
  for (let n = 0; n < songFrames; n++) {
    out.left[n]! += hats.left[n]!;
    out.right[n]! += hats.right[n]!;
  }
  return out;
}

/** The pedal closes an open hi-hat at the next closed one. */
function choke(hit: Float32Array, onset: number, stops: readonly number[]): void {
  const stop = stops.find((time) => time > onset);
  if (stop === undefined) return;
  const from = Math.round((stop - onset) * rate);
  for (let n = from; n < hit.length; n++) hit[n]! *= Math.exp((-(n - from) / rate) * 220);
}
