import { Emitter } from '../state/emitter.ts';

/** Closest look: about 6 ms across a hundred pixels. */
const closestSecondsPerPixel = 1 / 16_000;

/** The part of the song's time that all lanes show. Outside of the framework's state: it moves with every frame. */
class Viewport {
  readonly changed = new Emitter();
  start = 0;
  secondsPerPixel = 0.1;
  #duration = 0;
  #width = 1;

  get width(): number {
    return this.#width;
  }
  get duration(): number {
    return this.#duration;
  }

  /** Another song: all of it. */
  showAll(duration: number): void {
    this.#duration = duration;
    this.start = 0;
    this.secondsPerPixel = Math.max(closestSecondsPerPixel, duration / this.#width);
    this.changed.emit();
  }

  /** The same song has become longer: who sees all of it goes on seeing all. */
  extend(duration: number): void {
    if (duration === this.#duration) return;
    const wasAll = this.#showsAll;
    this.#duration = duration;
    if (wasAll) this.showAll(duration);
    else this.#limit();
  }

  get #showsAll(): boolean {
    return Math.abs(this.secondsPerPixel * this.#width - this.#duration) < this.secondsPerPixel;
  }

  setWidth(width: number): void {
    if (width === this.#width || width < 1) return;
    const wasAll = this.#showsAll;
    this.#width = width;
    if (wasAll) this.showAll(this.#duration);
    else this.#limit();
  }

  toSeconds(x: number): number {
    return this.start + x * this.secondsPerPixel;
  }

  toPixel(seconds: number): number {
    return (seconds - this.start) / this.secondsPerPixel;
  }

  /** Closer for factors below 1; what is under `x` stays there. */
  zoom(factor: number, x = this.#width / 2): void {
    const anchor = this.toSeconds(x);
    const widest = Math.max(closestSecondsPerPixel, this.#duration / this.#width);
    this.secondsPerPixel = Math.min(widest, Math.max(closestSecondsPerPixel, this.secondsPerPixel * factor));
    this.start = anchor - x * this.secondsPerPixel;
    this.#limit();
  }

  /** What is at `seconds` stays where it is, as long as it is in view; else what is in the middle. */
  zoomAround(factor: number, seconds: number): void {
    const x = this.toPixel(seconds);
    this.zoom(factor, x >= 0 && x <= this.#width ? x : undefined);
  }

  scroll(pixels: number): void {
    this.start += pixels * this.secondsPerPixel;
    this.#limit();
  }

  /** Turns the page when the playhead leaves it. */
  follow(seconds: number): void {
    const x = this.toPixel(seconds);
    if (x >= 0 && x <= this.#width) return;
    this.start = seconds - 0.1 * this.#width * this.secondsPerPixel;
    this.#limit();
  }

  #limit(): void {
    const last = Math.max(0, this.#duration - this.#width * this.secondsPerPixel);
    this.start = Math.min(last, Math.max(0, this.start));
    this.changed.emit();
  }
}

export const viewport = new Viewport();
