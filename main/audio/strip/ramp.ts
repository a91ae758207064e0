/** Control steps are this many samples, counted from the first sample of the stream. */
export const controlStep = 32;
/** A parameter takes this long from one setting to the next. */
export const rampSeconds = 0.02;

/**
 * A parameter on its way to a new value: linear in its own scale over a fixed number of control steps,
 * then exactly the target. A new target starts a new ramp from wherever the value is.
 */
export class Ramp {
  private start: number;
  private step = 0;

  constructor(
    private now: number,
    private readonly steps: number,
    private end = now,
  ) {
    this.start = now;
    this.step = steps;
  }

  get value(): number {
    return this.now;
  }

  get moving(): boolean {
    return this.step < this.steps;
  }

  toward(target: number): void {
    if (target === this.end) return;
    this.start = this.now;
    this.end = target;
    this.step = 0;
  }

  /** One control step onward. */
  advance(): void {
    if (!this.moving) return;
    this.step++;
    this.now = this.moving ? this.start + ((this.end - this.start) * this.step) / this.steps : this.end;
  }
}

export const rampSteps = (sampleRate: number): number =>
  Math.max(1, Math.round((rampSeconds * sampleRate) / controlStep));
