/** Two channels of the same length at the song's rate. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

export const silence = (frames: number): Stereo => ({
  left: new Float32Array(frames),
  right: new Float32Array(frames),
});

/** Adds a mono signal at `start` with constant-power panning, -1 left to 1 right. Parts beyond the end are dropped. */
export function addPanned(
  target: Stereo,
  mono: Float32Array,
  start: number,
  gain: number,
  pan: number,
): void {
  const angle = ((pan + 1) * Math.PI) / 4;
  const left = gain * Math.cos(angle) * Math.SQRT2;
  const right = gain * Math.sin(angle) * Math.SQRT2;
  const first = Math.max(0, -start);
  const end = Math.min(mono.length, target.left.length - start);
  for (let i = first; i < end; i++) {
    const value = mono[i]!;
    target.left[start + i]! += left * value;
    target.right[start + i]! += right * value;
  }
}

/** `target += gain * source`. */
export function addStereo(target: Stereo, source: Stereo, gain: number): void {
  for (let i = 0; i < target.left.length; i++) {
    target.left[i]! += gain * source.left[i]!;
    target.right[i]! += gain * source.right[i]!;
  }
}

/** Largest absolute sample. */
export function peakOf(audio: Stereo): number {
  let peak = 0;
  for (const channel of [audio.left, audio.right])
    for (let i = 0; i < channel.length; i++) peak = Math.max(peak, Math.abs(channel[i]!));
  return peak;
}
