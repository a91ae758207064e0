/** Interleaved samples as planes. */
export function deinterleave(samples: Float32Array, channels: number): Float32Array<ArrayBuffer>[] {
  const frames = Math.floor(samples.length / channels);
  return Array.from({ length: channels }, (_, channel) => {
    const plane = new Float32Array(frames);
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) plane[frame] = samples[at]!;
    return plane;
  });
}
