/** After this a tone is below what float32 tells apart. */
const audibleSeconds = 5;

/**
 * The test signal of models/training/sonido/feature_golden.py: a chord of decaying tones each half second, panned,
 * over quiet noise. [2][frames]
 */
export function goldenSignal(frames: number, sampleRate: number): Float32Array[] {
  const left = new Float64Array(frames);
  const right = new Float64Array(frames);
  for (let beat = 0; beat < Math.ceil((2 * frames) / sampleRate); beat++) {
    const start = Math.ceil((beat / 2) * sampleRate);
    const end = Math.min(frames, start + audibleSeconds * sampleRate);
    for (let voice = 0; voice < 3; voice++) {
      const hertz = 110 * 2 ** ((((beat * 5) % 12) + 4 * voice) / 12);
      for (let frame = start; frame < end; frame++) {
        const after = frame / sampleRate - beat / 2;
        const tone = 0.1 * Math.exp(-4 * after) * Math.sin(2 * Math.PI * hertz * after);
        left[frame]! += (tone * (3 - voice)) / 3;
        right[frame]! += (tone * (1 + voice)) / 3;
      }
    }
  }
  let state = 1;
  return [left, right].map((plane, channel, planes) => {
    if (channel === 1) return Float32Array.from(plane);
    for (let frame = 0; frame < frames; frame++) {
      state = (state * 48271) % 2147483647;
      const noise = 0.01 * ((2 * state) / 2147483647 - 1);
      for (const each of planes) each[frame]! += noise;
    }
    return Float32Array.from(plane);
  });
}
