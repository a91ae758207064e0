import type { Stereo } from './stereo.ts';

export interface Squash {
  readonly thresholdDb: number;
  readonly ratio: number;
  readonly attack: number;
  readonly release: number;
}

/** Gain curve of a feed-forward compressor driven by the louder channel, soft knee of 6 dB. Linear factors, one per frame. */
export function compressionGain(audio: Stereo, settings: Squash, sampleRate: number): Float32Array {
  const gain = new Float32Array(audio.left.length);
  const attack = Math.exp(-1 / (settings.attack * sampleRate));
  const release = Math.exp(-1 / (settings.release * sampleRate));
  const slope = 1 / settings.ratio - 1;
  let level = 0;
  for (let i = 0; i < gain.length; i++) {
    const input = Math.max(Math.abs(audio.left[i]!), Math.abs(audio.right[i]!));
    level = input + (input > level ? attack : release) * (level - input);
    const over = 20 * Math.log10(level + 1e-9) - settings.thresholdDb;
    const reduction = over <= -3 ? 0 : over >= 3 ? slope * over : (slope * (over + 3) ** 2) / 12;
    gain[i] = 10 ** (reduction / 20);
  }
  return gain;
}

/** Gain curve that keeps the peaks of `audio` under `ceiling`, with `lookAhead` seconds of warning. */
export function limiterGain(
  audio: Stereo,
  ceiling: number,
  lookAhead: number,
  sampleRate: number,
): Float32Array {
  const frames = audio.left.length;
  const ahead = Math.round(lookAhead * sampleRate);
  const release = Math.exp(-1 / (0.08 * sampleRate));
  const gain = new Float32Array(frames);
  let held = 1;
  // Backwards pass makes the attack ramp, forwards pass the release.
  for (let i = frames - 1; i >= 0; i--) {
    const peak = Math.max(Math.abs(audio.left[i]!), Math.abs(audio.right[i]!));
    const need = peak > ceiling ? ceiling / peak : 1;
    held = Math.min(need, held + 1 / ahead);
    gain[i] = held;
  }
  let smooth = 1;
  for (let i = 0; i < frames; i++) {
    const target = gain[i]!;
    smooth = target < smooth ? target : target + release * (smooth - target);
    gain[i] = smooth;
  }
  return gain;
}

export function applyGain(audio: Stereo, gain: Float32Array): void {
  for (let i = 0; i < gain.length; i++) {
    audio.left[i]! *= gain[i]!;
    audio.right[i]! *= gain[i]!;
  }
}

/** Soft clipping with a little even-order colour, unity gain for small signals. */
export function saturate(signal: Float32Array, drive: number): void {
  const offset = Math.tanh(0.12);
  for (let i = 0; i < signal.length; i++)
    signal[i] = (Math.tanh(signal[i]! * drive + 0.12) - offset) / (drive * (1 - offset * offset));
}
