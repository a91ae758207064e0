import { design, filter } from '../dsp/biquad.ts';
import { saturate } from '../dsp/dynamics.ts';
import { addModes } from '../dsp/modes.ts';
import type { Random } from '../random.ts';

/** Ratios of the first modes of an ideal circular membrane (zeros of Bessel functions). */
const membrane = [1.593, 2.136, 2.296, 2.653, 2.918, 3.156];

/** A burst of filtered noise with an exponential fall of `decay` seconds (60 dB). */
function noiseBurst(
  seconds: number,
  decay: number,
  rate: number,
  random: Random,
  attack = 0.0005,
): Float32Array {
  const out = new Float32Array(Math.round(seconds * rate));
  const keep = 10 ** (-3 / (decay * rate));
  let level = 1;
  for (let n = 0; n < out.length; n++) {
    out[n] = level * Math.min(1, n / (attack * rate)) * random.bipolar();
    level *= keep;
  }
  return out;
}

function add(target: Float32Array, source: Float32Array, gain: number): void {
  for (let n = 0; n < Math.min(target.length, source.length); n++) target[n]! += gain * source[n]!;
}

/** Body of a drum whose pitch falls as the head relaxes. */
function glide(
  out: Float32Array,
  rate: number,
  hertz: readonly [from: number, to: number],
  fall: number,
  decay: number,
  gain: number,
): void {
  let phase = 0;
  const keep = 10 ** (-3 / (decay * rate));
  let level = gain;
  for (let n = 0; n < out.length; n++) {
    phase += (2 * Math.PI * (hertz[1] + (hertz[0] - hertz[1]) * Math.exp(-n / (fall * rate)))) / rate;
    out[n]! += level * Math.min(1, n / (0.0008 * rate)) * Math.sin(phase);
    level *= keep;
  }
}

export function kick(strength: number, rate: number, random: Random): Float32Array {
  const out = new Float32Array(Math.round(0.55 * rate));
  const tune = 1 + 0.006 * random.normal();
  glide(out, rate, [(95 + 70 * strength) * tune, 51 * tune], 0.022, 0.5, strength ** 1.2);
  addModes(
    out,
    0,
    membrane.slice(0, 4).map((ratio, k) => ({
      frequency: 62 * ratio * (1 + 0.02 * random.normal()),
      decay: 0.16 - 0.02 * k,
      gain: 0.12 * strength,
    })),
    rate,
  );
  const click = noiseBurst(0.03, 0.02, rate, random, 0.0002);
  filter(click, design('bell', 3400, 1.2, rate, 9));
  filter(click, design('low-pass', 6500 + 3000 * strength, 0.7, rate));
  filter(click, design('high-pass', 900, 0.7, rate));
  add(out, click, 0.34 * strength ** 1.6);
  saturate(out, 1.7);
  return out;
}

export function snare(strength: number, rate: number, random: Random): Float32Array {
  const out = new Float32Array(Math.round(0.45 * rate));
  const tune = 1 + 0.008 * random.normal();
  glide(out, rate, [(212 + 40 * strength) * tune, 186 * tune], 0.018, 0.19, 0.62 * strength);
  addModes(
    out,
    0,
    [333, 412, 521, 688, 902].map((frequency, k) => ({
      frequency: frequency * tune * (1 + 0.012 * random.normal()),
      decay: 0.13 - 0.015 * k,
      gain: (0.24 - 0.03 * k) * strength * (1 + 0.25 * random.bipolar()),
    })),
    rate,
  );
  const wires = noiseBurst(0.45, 0.15 + 0.16 * strength, rate, random, 0.0025);
  filter(wires, design('high-pass', 1300, 0.6, rate));
  filter(wires, design('bell', 4800, 0.8, rate, 5));
  filter(wires, design('low-pass', 7000 + 6500 * strength, 0.7, rate));
  add(out, wires, 0.55 * strength ** 1.1);
  const crack = noiseBurst(0.02, 0.016, rate, random, 0.0001);
  filter(crack, design('bell', 2300, 1, rate, 6));
  add(out, crack, 0.55 * strength ** 1.8);
  saturate(out, 1.5);
  return out;
}

export function sideStick(strength: number, rate: number, random: Random): Float32Array {
  const out = new Float32Array(Math.round(0.2 * rate));
  addModes(
    out,
    0,
    [418, 812, 1240, 1690, 2350, 3480].map((frequency, k) => ({
      frequency: frequency * (1 + 0.01 * random.normal()),
      decay: 0.11 - 0.012 * k,
      gain: 0.32 * strength * (k === 3 ? 1.3 : 1),
    })),
    rate,
  );
  const click = noiseBurst(0.015, 0.012, rate, random, 0.0001);
  filter(click, design('high-pass', 1500, 0.7, rate));
  add(out, click, 0.4 * strength);
  return out;
}

export function tom(hertz: number, strength: number, rate: number, random: Random): Float32Array {
  const out = new Float32Array(Math.round(0.8 * rate));
  const tune = 1 + 0.006 * random.normal();
  glide(out, rate, [hertz * (1.18 + 0.2 * strength) * tune, hertz * tune], 0.05, 0.62, 0.8 * strength);
  addModes(
    out,
    0,
    membrane.map((ratio, k) => ({
      frequency: hertz * ratio * tune * (1 + 0.01 * random.normal()),
      decay: 0.34 - 0.04 * k,
      gain: (0.2 - 0.025 * k) * strength,
    })),
    rate,
  );
  const stick = noiseBurst(0.03, 0.025, rate, random, 0.0002);
  filter(stick, design('low-pass', 5000, 0.7, rate));
  add(out, stick, 0.4 * strength ** 1.5);
  saturate(out, 1.4);
  return out;
}
