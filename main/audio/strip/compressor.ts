import type { StripSettings } from '../../contracts/mixPlan.ts';
import { fromDecibels, type Decibels, type Hertz } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import { silence } from './biquad.ts';

export type CompressorSettings = StripSettings['compressor'];

/** Levels below this (-120 dBFS) all count as this, so that the logarithm stays finite. */
const floor = 1e-6;

type Curve = Pick<CompressorSettings, 'thresholdDb' | 'ratio' | 'kneeDb'>;

/**
 * Gain reduction in dB (0 or more) for a level in dBFS: the static curve with quadratic soft knee of
 * Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012, eq. 4.
 */
export function gainReduction(level: Decibels, { thresholdDb, ratio, kneeDb }: Curve): Decibels {
  const over = level - thresholdDb;
  const slope = 1 - 1 / ratio;
  if (2 * over <= -kneeDb) return 0;
  if (2 * over < kneeDb) return (slope * (over + kneeDb / 2) ** 2) / (2 * kneeDb);
  return slope * over;
}

/** One-pole coefficient that reaches 1 - 1/e of a step in `milliseconds`. */
const pole = (milliseconds: number, sampleRate: Hertz): number =>
  Math.exp(-1000 / (milliseconds * sampleRate));

/**
 * Feed-forward compressor, log domain, smoothed decoupled peak detector on the gain reduction (the same
 * paper, eq. 17), both channels linked by their maximum. Latency 0.
 */
export class Compressor {
  private released = 0;
  private smoothed = 0;

  constructor(private readonly sampleRate: Hertz) {}

  /** The gain reduction now in force, for a meter. */
  get reductionDb(): Decibels {
    return this.smoothed;
  }

  /** `amount` (0 to 1) scales the gain in dB; it fades the compressor in and out when it is switched. */
  process(
    settings: CompressorSettings,
    amount: number,
    left: Float64Array,
    right: Float64Array,
    from: number,
    to: number,
  ): void {
    const release = pole(settings.releaseMs, this.sampleRate);
    const attack = pole(settings.attackMs, this.sampleRate);
    let { released, smoothed } = this;
    for (let n = from; n < to; n++) {
      const level = 20 * Math.log10(Math.max(Math.abs(left[n]!), Math.abs(right[n]!), floor));
      const wanted = gainReduction(level, settings);
      released = Math.max(wanted, release * released + (1 - release) * wanted);
      smoothed = attack * smoothed + (1 - attack) * released;
      const gain = fromDecibels(amount * (settings.makeupDb - smoothed));
      left[n] = left[n]! * gain;
      right[n] = right[n]! * gain;
    }
    this.released = released;
    this.smoothed = smoothed;
  }

  get idle(): boolean {
    return this.released === 0 && this.smoothed === 0;
  }

  flushDenormals(): void {
    if (this.released < silence) this.released = 0;
    if (this.smoothed < silence) this.smoothed = 0;
  }

  state(archive: Archive): void {
    this.released = archive.pass(this.released);
    this.smoothed = archive.pass(this.smoothed);
  }

  reset(): void {
    this.released = 0;
    this.smoothed = 0;
  }
}
