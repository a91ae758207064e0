import { silence, type Stereo } from './stereo.ts';

export interface Room {
  /** Seconds to fall by 60 dB at low frequencies. */
  readonly decay: number;
  /** Hz above which the walls swallow the sound faster. */
  readonly damping: number;
  readonly preDelay: number;
  /** Scales the delay lines: 1 is a hall of some 12 m, 0.3 a booth. */
  readonly size: number;
}

/** Mutually prime-ish delays of the eight lines, in seconds at size 1. */
const lines = [0.0297, 0.0371, 0.0411, 0.0437, 0.0531, 0.0599, 0.0677, 0.0733];
const diffusers = [0.0047, 0.0036, 0.0127, 0.0093];

/** Feedback delay network with a Householder matrix (J.-M. Jot, 1991). Returns the wet signal only. */
export function reverberate(dry: Stereo, room: Room, sampleRate: number): Stereo {
  const frames = dry.left.length;
  const wet = silence(frames);
  const delays = lines.map((seconds) => new Float32Array(Math.round(seconds * room.size * sampleRate)));
  const feedback = delays.map((line) => 10 ** ((-3 * line.length) / (room.decay * sampleRate)));
  const allpasses = diffusers.map((seconds) => new Float32Array(Math.round(seconds * sampleRate)));
  const pole = Math.exp((-2 * Math.PI * room.damping) / sampleRate);
  const damped = new Float64Array(lines.length);
  const outputs = new Float64Array(lines.length);
  const at = new Int32Array(lines.length);
  const allpassAt = new Int32Array(diffusers.length);
  const preDelay = Math.round(room.preDelay * sampleRate);

  const diffuse = (input: number, first: number): number => {
    let value = input;
    for (let k = first; k < first + 2; k++) {
      const line = allpasses[k]!;
      const i = allpassAt[k]!;
      const delayed = line[i]!;
      const fed = value - 0.62 * delayed;
      line[i] = fed;
      value = delayed + 0.62 * fed;
      allpassAt[k] = i + 1 === line.length ? 0 : i + 1;
    }
    return value;
  };

  for (let n = 0; n < frames; n++) {
    const source = n - preDelay;
    const left = diffuse(source < 0 ? 0 : dry.left[source]!, 0);
    const right = diffuse(source < 0 ? 0 : dry.right[source]!, 2);
    let sum = 0;
    for (let k = 0; k < 8; k++) {
      const out = delays[k]![at[k]!]!;
      damped[k] = out + pole * (damped[k]! - out);
      outputs[k] = damped[k]! * feedback[k]!;
      sum += outputs[k]!;
    }
    sum *= 0.25;
    for (let k = 0; k < 8; k++) {
      const line = delays[k]!;
      line[at[k]!] = outputs[k]! - sum + (k % 2 === 0 ? left : right);
      at[k] = at[k]! + 1 === line.length ? 0 : at[k]! + 1;
    }
    wet.left[n] = 0.35 * (outputs[0]! - outputs[2]! + outputs[4]! - outputs[6]!);
    wet.right[n] = 0.35 * (outputs[1]! - outputs[3]! + outputs[5]! - outputs[7]!);
  }
  return wet;
}
