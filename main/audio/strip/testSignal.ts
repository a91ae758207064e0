/**
 * Signals of the golden vectors, simple enough to be written again in any language: `noise` is the
 * linear congruential generator x <- 1664525 x + 1013904223 mod 2^32 (Numerical Recipes), the sample is
 * (x / 2^31 - 1) times the level; right runs on from where left is (left, right, left, ...).
 */
export type TestSignal =
  | { readonly kind: 'impulse'; readonly level: number }
  | { readonly kind: 'noise'; readonly level: number; readonly seed: number }
  | { readonly kind: 'bursts'; readonly level: number; readonly hz: number; readonly periodFrames: number };

/** Left and right of a signal, float64. `bursts`: a sine (right: half as loud) on for the first half of every period. */
export function testSignal(
  signal: TestSignal,
  frames: number,
  sampleRate: number,
): [Float64Array, Float64Array] {
  const left = new Float64Array(frames);
  const right = new Float64Array(frames);
  if (signal.kind === 'impulse') {
    left[0] = signal.level;
    right[0] = signal.level / 2;
  } else if (signal.kind === 'noise') {
    let x = signal.seed;
    const next = () => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      return (x / 2 ** 31 - 1) * signal.level;
    };
    for (let n = 0; n < frames; n++) {
      left[n] = next();
      right[n] = next();
    }
  } else {
    for (let n = 0; n < frames; n++) {
      if (n % signal.periodFrames >= signal.periodFrames / 2) continue;
      left[n] = signal.level * Math.sin((2 * Math.PI * signal.hz * n) / sampleRate);
      right[n] = left[n]! / 2;
    }
  }
  return [left, right];
}
