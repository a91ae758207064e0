/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/** A Kaiser-windowed sinc as a function of time, and how far it reaches. */
export interface LowPass {
  /** Zero beyond this many samples from the centre. */
  readonly reach: number;
  /** Impulse response at `time` samples from the centre; its DC gain is 1. */
  at(time: number): number;
}

/**
 * Linear-phase low-pass filter after Kaiser (Oppenheim & Schafer, Discrete-Time Signal Processing, 7.5.3).
 * @param passEdge end of the pass band in cycles per sample
 * @param stopEdge start of the stop band in cycles per sample
 * @param attenuation of the stop band in dB, above 50; the pass band ripples by as little
 * @param reachStep the reach is rounded up to a multiple of this
 */
export function kaiserLowPass(
  passEdge: number,
  stopEdge: number,
  attenuation: number,
  reachStep = 1,
): LowPass {
  const beta = 0.1102 * (attenuation - 8.7);
  const order = (attenuation - 7.95) / (14.36 * (stopEdge - passEdge));
  const reach = Math.ceil(order / 2 / reachStep) * reachStep;
  const cutoff = passEdge + stopEdge;
  const scale = cutoff / besselI0(beta);
  return {
    reach,
    at(time) {
      const place = time / reach;
      if (Math.abs(place) > 1) return 0;
      const angle = Math.PI * cutoff * time;
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
      return scale * sinc * besselI0(beta * Math.sqrt(1 - place * place));
    },
  };
}
