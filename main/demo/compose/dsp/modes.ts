/** One vibrating mode of a struck body. */
export interface Mode {
  readonly frequency: number;
  /** Seconds to fall by 60 dB. */
  readonly decay: number;
  readonly gain: number;
}

/** Adds decaying sinusoids starting at sample `start`: a two-pole recurrence per mode, stopped at -66 dB. */
export function addModes(
  target: Float32Array,
  start: number,
  modes: readonly Mode[],
  sampleRate: number,
): void {
  for (const { frequency, decay, gain } of modes) {
    if (frequency >= 0.48 * sampleRate) continue;
    const w = (2 * Math.PI * frequency) / sampleRate;
    const radius = 10 ** (-3 / (decay * sampleRate));
    const feedback = 2 * radius * Math.cos(w);
    const loss = radius * radius;
    let y1 = 0;
    let y2 = -gain * Math.sin(w) * (1 / radius);
    const end = Math.min(target.length, start + Math.ceil(1.1 * decay * sampleRate));
    for (let i = start; i < end; i++) {
      const y = feedback * y1 - loss * y2;
      target[i]! += y;
      y2 = y1;
      y1 = y;
    }
  }
}
