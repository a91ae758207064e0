import { design, filter } from '../dsp/biquad.ts';
import { addModes, type Mode } from '../dsp/modes.ts';
import { seeded, type Random } from '../random.ts';

/** A bronze plate as a dense cloud of inharmonic modes plus the hiss of those too dense to count. */
export interface Plate {
  readonly low: number;
  readonly high: number;
  readonly modes: number;
  /** Seconds to fall by 60 dB for the lowest modes; the highest fall three times as fast. */
  readonly decay: number;
  readonly hiss: number;
  readonly hissDecay: number;
  readonly hissHz: number;
  /** The same cymbal has the same modes at every stroke. */
  readonly seed: string;
}

export function cymbal(plate: Plate, strength: number, rate: number, random: Random): Float32Array {
  const out = new Float32Array(
    Math.round(Math.min(3.5, 1.4 * Math.max(plate.decay, plate.hissDecay)) * rate),
  );
  const bronze = seeded(plate.seed);
  const modes: Mode[] = Array.from({ length: plate.modes }, (_, k) => {
    const position = (k + bronze.uniform()) / plate.modes;
    const frequency = plate.low * (plate.high / plate.low) ** position;
    const level = 0.6 + 0.8 * bronze.uniform();
    // Each stroke lands elsewhere on the plate and wakes the modes differently.
    const stroke = 1 + 0.35 * random.bipolar();
    const tilt = strength ** (0.6 + 1.6 * position);
    return {
      frequency,
      decay: plate.decay * (1 - 0.66 * position) * (0.8 + 0.4 * bronze.uniform()),
      gain: (0.9 / Math.sqrt(plate.modes)) * level * stroke * tilt,
    };
  });
  addModes(out, 0, modes, rate);
  const hiss = new Float32Array(out.length);
  const keep = 10 ** (-3 / (plate.hissDecay * rate));
  let level = plate.hiss * strength ** 1.3;
  for (let n = 0; n < hiss.length; n++) {
    hiss[n] = level * Math.min(1, n / (0.001 * rate)) * random.bipolar();
    level *= keep;
  }
  filter(hiss, design('high-pass', plate.hissHz, 0.6, rate));
  for (let n = 0; n < out.length; n++) out[n]! += hiss[n]!;
  filter(out, design('high-shelf', 11000, 0.7, rate, -3));
  return out;
}
