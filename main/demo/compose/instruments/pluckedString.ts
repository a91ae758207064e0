import type { Random } from '../random.ts';

export interface StringSound {
  /** Seconds to fall by 60 dB at the open string's fundamental (E2 for guitar, E1 for bass). */
  readonly sustain: number;
  /** 0 dull to 1 bright: how little the string itself damps its upper partials. */
  readonly brightness: number;
  /** Where it is plucked and where it is heard, as fractions of its length. */
  readonly pluckAt: number;
  readonly pickupAt: number;
  /** Cut-off of the pluck in Hz at the softest and at the hardest touch. */
  readonly pluckHz: readonly [number, number];
}

/**
 * One plucked note by a digital waveguide (Karplus-Strong extended; Jaffe and Smith, CMJ 7, 1983): a
 * shaped burst circulates in a delay line with a loss filter, fractionally tuned by a first-order allpass.
 * @param seconds length until the finger stops the string; a short damped end follows
 * @returns mono samples at `sampleRate`, about unit peak at velocity 127
 */
export function pluck(
  sound: StringSound,
  pitch: number,
  velocity: number,
  seconds: number,
  sampleRate: number,
  random: Random,
): Float32Array {
  const hertz = 440 * 2 ** ((pitch - 69) / 12) * (1 + 0.0006 * random.normal());
  const strength = velocity / 127;
  const period = sampleRate / hertz;
  // Loss filter (1 - s) + s z^-1: phase delay about s samples.
  const s = 0.5 * (1 - sound.brightness) * Math.min(1, 0.6 + 0.4 * (220 / hertz));
  const whole = Math.floor(period - s - 0.5);
  const fraction = period - s - whole;
  const allpass = (1 - fraction) / (1 + fraction);
  const line = new Float32Array(whole);

  // Excitation: noise through a low-pass that opens with velocity, with the comb of the plucking point.
  const cutoff = sound.pluckHz[0] + (sound.pluckHz[1] - sound.pluckHz[0]) * strength ** 1.5;
  const smooth = Math.exp((-2 * Math.PI * cutoff) / sampleRate);
  const burst = new Float32Array(whole);
  let low = 0;
  let mean = 0;
  for (let i = 0; i < whole; i++) {
    // A displaced string is a triangle; noise on top is the pick's scratch.
    const position = i / whole;
    const triangle =
      position < sound.pluckAt ? position / sound.pluckAt : (1 - position) / (1 - sound.pluckAt);
    const raw = 0.75 * random.bipolar() + 1.1 * (triangle - 0.5);
    low = raw + smooth * (low - raw);
    burst[i] = low;
    mean += low / whole;
  }
  const comb = Math.max(1, Math.round(sound.pluckAt * whole));
  let peak = 1e-6;
  for (let i = 0; i < whole; i++) {
    line[i] = burst[i]! - mean - 0.7 * (burst[(i - comb + whole) % whole]! - mean);
    peak = Math.max(peak, Math.abs(line[i]!));
  }
  const gain = strength ** 1.3 / peak;
  for (let i = 0; i < whole; i++) line[i]! *= gain;

  const held = Math.round(seconds * sampleRate);
  const frames = held + Math.round(0.09 * sampleRate);
  const decay = sound.sustain * Math.sqrt(82.4 / Math.max(hertz, 30));
  const keep = 10 ** (-3 / (decay * hertz));
  const mute = 10 ** (-3 / (0.07 * hertz));
  const pickup = Math.max(1, Math.round(sound.pickupAt * whole));
  const out = new Float32Array(frames);
  let at = 0;
  let before = 0;
  let allpassIn = 0;
  let allpassOut = 0;
  for (let n = 0; n < frames; n++) {
    const wave = line[at]!;
    const damped = (1 - s) * wave + s * before;
    before = wave;
    const input = damped * (n < held ? keep : mute);
    allpassOut = allpass * (input - allpassOut) + allpassIn;
    allpassIn = input;
    out[n] = wave - 0.8 * line[(at + pickup) % whole]!;
    line[at] = allpassOut;
    at = at + 1 === whole ? 0 : at + 1;
  }
  return out;
}
