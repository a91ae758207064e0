import type { EqBand } from '../../contracts/mixPlan.ts';
import type { Decibels, Hertz } from '../../contracts/units.ts';
import type { Biquad } from './biquad.ts';

/**
 * Filter design of the channel strip (STRIP.md section 3).
 *
 * The EQ matches its analogue prototype by M. Vicanek's method ("Matched Second Order Digital Filters",
 * 2016): poles by the matched z-transform, zeros solved so that the magnitude equals the prototype's at
 * 0 Hz, at the Nyquist frequency and at the corner. The bilinear transform of the common cookbook
 * squeezes bells and shelves above 5 kHz towards the Nyquist frequency; matched ones sound the same at
 * 44.1 kHz as at 192 kHz, which a plan that is rendered here and played in a session of another rate needs.
 */

/** Frequencies are held below this part of the sample rate, where a matched filter still has room. */
const highestPart = 0.49;
/** Shelves are matched at the corner, but not above this: the corner and the Nyquist frequency would be one condition. */
const highestShelfMatch = 0.7 * Math.PI;
/** A shelf of higher Q rings at both sides of its corner; nothing that a mixer asks of a shelf. */
const highestShelfQ = 1;

const clampedOmega = (frequencyHz: Hertz, sampleRate: Hertz): number =>
  (2 * Math.PI * Math.min(frequencyHz, highestPart * sampleRate)) / sampleRate;

/** Second-order Butterworth high-pass (12 dB per octave) by the bilinear transform; exact zero at 0 Hz. */
export function designHighPass(frequencyHz: Hertz, sampleRate: Hertz): Biquad {
  const k = Math.tan(clampedOmega(frequencyHz, sampleRate) / 2);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  return {
    b0: norm,
    b1: -2 * norm,
    b2: norm,
    a1: 2 * (k * k - 1) * norm,
    a2: (1 - Math.SQRT2 * k + k * k) * norm,
  };
}

/**
 * Analogue prototype over s normalised to the corner: (n2 s² + n1 s + n0) / (d2 s² + d1 s + d0).
 * A = 10^(gain/40); the shelves have half their gain in dB at the corner.
 */
function prototype(
  type: EqBand['type'],
  gainDb: Decibels,
  q: number,
): readonly [number, number, number, number, number, number] {
  const a = 10 ** (gainDb / 40);
  const root = Math.sqrt(a) / Math.min(q, highestShelfQ);
  switch (type) {
    case 'bell':
      return [1, a / q, 1, 1, 1 / (a * q), 1];
    case 'low-shelf':
      return [a, a * root, a * a, a, root, 1];
    case 'high-shelf':
      return [a * a, a * root, a, 1, root, a];
  }
}

/** |H(j ratio)|² of a prototype, `ratio` = frequency / corner. */
function power([n2, n1, n0, d2, d1, d0]: ReturnType<typeof prototype>, ratio: number): number {
  const r2 = ratio * ratio;
  return ((n0 - n2 * r2) ** 2 + n1 * n1 * r2) / ((d0 - d2 * r2) ** 2 + d1 * d1 * r2);
}

/** Magnitude of the analogue prototype of an EQ band, the target that the digital one follows. */
export const analogueMagnitude = ({ type, gainDb, q, frequencyHz }: EqBand, atHz: Hertz): number =>
  Math.sqrt(power(prototype(type, gainDb, q), atHz / frequencyHz));

/** The inverse filter; both are stable as the sections are minimum phase. */
function inverse({ b0, b1, b2, a1, a2 }: Biquad): Biquad {
  return { b0: 1 / b0, b1: a1 / b0, b2: a2 / b0, a1: b1 / b0, a2: b2 / b0 };
}

/** One EQ band. Boost and cut of the same size are exact inverses. */
export function designEqBand({ type, frequencyHz, gainDb, q }: EqBand, sampleRate: Hertz): Biquad {
  // The direction whose poles are not above the corner is designed, the other one is its inverse.
  const direct = type === 'high-shelf' ? gainDb <= 0 : gainDb >= 0;
  if (!direct) return inverse(designEqBand({ type, frequencyHz, gainDb: -gainDb, q }, sampleRate));

  const shape = prototype(type, gainDb, q);
  const [, , , d2, d1, d0] = shape;
  const omega = clampedOmega(frequencyHz, sampleRate);
  const poleOmega = omega * Math.sqrt(d0 / d2);
  const damping = d1 / (2 * Math.sqrt(d0 * d2));
  const decay = Math.exp(-damping * poleOmega);
  const a1 =
    damping <= 1
      ? -2 * decay * Math.cos(Math.sqrt(1 - damping * damping) * poleOmega)
      : -(
          Math.exp((Math.sqrt(damping * damping - 1) - damping) * poleOmega) +
          Math.exp((-Math.sqrt(damping * damping - 1) - damping) * poleOmega)
        );
  const a2 = decay * decay;

  // Vicanek's magnitude basis: |D(w)|² = A0 φ0 + A1 φ1 + A2 φ2, φ1 = sin²(w/2), φ0 = 1 - φ1, φ2 = 4 φ0 φ1.
  const A0 = (1 + a1 + a2) ** 2;
  const A1 = (1 - a1 + a2) ** 2;
  const A2 = -4 * a2;
  const match = type === 'bell' ? omega : Math.min(omega, highestShelfMatch);
  const phi1 = Math.sin(match / 2) ** 2;
  const phi0 = 1 - phi1;
  const phi2 = 4 * phi0 * phi1;
  const B0 = A0 * power(shape, 0);
  const B1 = A1 * power(shape, Math.PI / omega);
  const target = (A0 * phi0 + A1 * phi1 + A2 * phi2) * power(shape, match / omega);
  const B2 = (target - B0 * phi0 - B1 * phi1) / phi2;

  const w = (Math.sqrt(B0) + Math.sqrt(B1)) / 2;
  const b0 = (w + Math.sqrt(Math.max(0, w * w + B2))) / 2;
  return { b0, b1: (Math.sqrt(B0) - Math.sqrt(B1)) / 2, b2: -B2 / (4 * b0), a1, a2 };
}
