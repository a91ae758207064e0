import type { Random } from '../random.ts';

/**
 * The vocal folds: derivative of the KLGLOTT88 flow pulse (Klatt and Klatt, JASA 87, 1990), the jump at
 * closure band-limited by a polynomial step, with shimmer and a spectral tilt that opens with effort.
 */
export class GlottalSource {
  /** How far the folds are open now, 0 to 1; breath noise comes in these puffs. */
  openness = 0;
  private phase = 0;
  private increment = 0;
  private openQuotient = 0.6;
  private shimmer = 1;
  private tilt = 0;
  private low = 0;

  constructor(
    private readonly sampleRate: number,
    private readonly random: Random,
  ) {}

  set(hertz: number, effort: number): void {
    this.increment = hertz / this.sampleRate;
    this.openQuotient = 0.72 - 0.2 * effort;
    this.tilt = Math.exp((-2 * Math.PI * (1800 + 7500 * effort)) / this.sampleRate);
  }

  next(): number {
    this.phase += this.increment;
    if (this.phase >= 1) {
      this.phase -= 1;
      this.shimmer = 1 + 0.035 * this.random.normal();
    }
    const open = this.openQuotient;
    const x = this.phase / open;
    // flow = x² - x³, its derivative 2x - 3x², scaled so that the closing jump is -1.
    let value = x < 1 ? 2 * x - 3 * x * x : 0;
    this.openness = x < 1 ? 6.75 * x * x * (1 - x) : 0;
    // polyBLEP on the jump from -1 to 0 at closure
    const since = (this.phase - open) / this.increment;
    if (since >= 0 && since < 1) value -= 0.5 * (1 - since) ** 2;
    else if (since < 0 && since > -1) value += 0.5 * (1 + since) ** 2;
    this.low = (1 - this.tilt) * value * this.shimmer + this.tilt * this.low;
    return this.low;
  }
}
