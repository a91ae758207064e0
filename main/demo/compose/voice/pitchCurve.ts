import type { PlayedNote } from '../performance.ts';
import type { Random } from '../random.ts';

export interface Vibrato {
  readonly hertz: number;
  /** Semitones. */
  readonly depth: number;
}

/**
 * Fundamental frequency in Hz at `count` points spaced by `step` seconds: glides between joined notes,
 * scoops into the first of a phrase, vibrato that grows on long notes, slow drift and fast jitter.
 */
export function pitchCurve(
  notes: readonly PlayedNote[],
  vibrato: Vibrato,
  step: number,
  count: number,
  random: Random,
): Float32Array {
  const curve = new Float32Array(count);
  let index = 0;
  let pitch = notes[0]!.pitch - 1;
  let velocity = 0;
  let phase = 0;
  let drift = 0;
  let jitter = 0;
  for (let i = 0; i < count; i++) {
    const time = i * step;
    // The voice moves to the next pitch just before the beat, during the consonant.
    while (index + 1 < notes.length && notes[index + 1]!.onset - 0.05 <= time) {
      const left = notes[index]!;
      index++;
      const rested = notes[index]!.onset - left.offset > 0.15;
      if (rested) pitch = notes[index]!.pitch - 1.3;
    }
    const note = notes[index]!;
    // Critically damped approach to the target, about 70 ms, with a slight overshoot left to the drift.
    const omega = 42;
    velocity += step * (omega * omega * (note.pitch - pitch) - 2 * omega * velocity);
    pitch += step * velocity;
    const held = time - note.onset;
    const grown =
      Math.min(1, Math.max(0, (held - 0.22) / 0.35)) * (note.offset - note.onset > 0.45 ? 1 : 0.3);
    phase += 2 * Math.PI * step * vibrato.hertz * (1 + 0.05 * drift);
    drift = 0.998 * drift + 0.05 * random.normal();
    jitter = 0.6 * jitter + 0.02 * random.normal();
    const cents = 100 * vibrato.depth * grown * Math.sin(phase) + 9 * drift + 100 * 0.6 * jitter;
    curve[i] = 440 * 2 ** ((pitch + cents / 100 - 69) / 12);
  }
  return curve;
}
