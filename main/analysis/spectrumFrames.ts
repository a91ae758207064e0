import FFT from 'fft.js';
import type { Hertz, Seconds } from '../contracts/units.ts';
import { periodicHann } from '../audio/stft.ts';
import type { Archive } from '../platform/checkpoint.ts';

export interface SpectrumFramesOptions {
  readonly sampleRate: Hertz;
  /** Frames per second; frame k is centred on sample round(k · sampleRate / framesPerSecond) at every rate. */
  readonly framesPerSecond: number;
  /** Window length asked for; the nearest power of two samples is taken. */
  readonly windowSeconds: Seconds;
  /** Called for every frame in order. `magnitude` has size / 2 + 1 bins, a full-scale sine gives 1; it is used again. */
  readonly onFrame: (magnitude: Float64Array, frame: number) => void;
}

/**
 * Magnitude spectra of a mono stream at a frame rate that is exact in time whatever the sample rate.
 * Silence is assumed before the start and after the end.
 */
export class SpectrumFrames {
  readonly size: number;
  readonly binHz: Hertz;
  private readonly window: Float64Array;
  private readonly fft: FFT;
  private readonly input: Float64Array;
  private readonly output: Float64Array;
  private readonly magnitude: Float64Array;
  /** The last samples of the stream; `held[0]` is sample `heldStart`. */
  private readonly held: Float64Array;
  private heldStart: number;
  private heldCount: number;
  private frame = 0;
  private received = 0;
  /** Samples since the last that was not zero. */
  private zeros = Infinity;
  /** Frames in all, once the end is known. */
  private limit = Infinity;

  constructor(private readonly options: SpectrumFramesOptions) {
    const { sampleRate, windowSeconds } = options;
    this.size = Math.max(64, 2 ** Math.round(Math.log2(windowSeconds * sampleRate)));
    this.binHz = sampleRate / this.size;
    this.window = periodicHann(this.size);
    this.fft = new FFT(this.size);
    this.input = new Float64Array(this.size);
    this.output = new Float64Array(2 * this.size);
    this.magnitude = new Float64Array(this.size / 2 + 1);
    this.held = new Float64Array(4 * this.size);
    this.heldStart = -this.size / 2;
    this.heldCount = this.size / 2;
  }

  push(mono: Float64Array): void {
    for (let at = 0; at < mono.length;) {
      const room = this.held.length - this.heldCount;
      const count = Math.min(room, mono.length - at);
      for (let n = at; n < at + count; n++) {
        const x = mono[n]!;
        this.held[this.heldCount + n - at] = x;
        this.zeros = x === 0 ? this.zeros + 1 : 0;
      }
      this.heldCount += count;
      at += count;
      this.drain();
    }
    this.received += mono.length;
  }

  state(archive: Archive): void {
    archive.inPlace(this.held);
    this.heldStart = archive.pass(this.heldStart);
    this.heldCount = archive.pass(this.heldCount);
    this.frame = archive.pass(this.frame);
    this.received = archive.pass(this.received);
    this.zeros = archive.pass(this.zeros);
  }

  /** The frames that reach over the end. Returns the number of frames in all. */
  finish(): number {
    this.limit = Math.ceil((this.received * this.options.framesPerSecond) / this.options.sampleRate);
    const padding = new Float64Array(this.size);
    while (this.frame < this.limit) this.push(padding);
    return this.frame;
  }

  private drain(): void {
    const { sampleRate, framesPerSecond, onFrame } = this.options;
    while (this.frame < this.limit) {
      const first = Math.round((this.frame * sampleRate) / framesPerSecond) - this.size / 2;
      const offset = first - this.heldStart;
      if (offset + this.size > this.heldCount) {
        // A hop longer than what is held leaves nothing of use.
        const drop = Math.min(offset, this.heldCount);
        this.held.copyWithin(0, drop, this.heldCount);
        this.heldStart += drop;
        this.heldCount -= drop;
        return;
      }
      if (this.zeros >= this.heldCount - offset) {
        // Digital silence needs no transform; stems are made of it.
        this.magnitude.fill(0);
        onFrame(this.magnitude, this.frame++);
        continue;
      }
      const { input, window } = this;
      for (let n = 0; n < this.size; n++) input[n] = this.held[offset + n]! * window[n]!;
      this.fft.realTransform(this.output, input);
      const scale = 4 / this.size;
      for (let k = 0; k <= this.size / 2; k++) {
        const re = this.output[2 * k]!;
        const im = this.output[2 * k + 1]!;
        this.magnitude[k] = Math.sqrt(re * re + im * im) * scale;
      }
      onFrame(this.magnitude, this.frame++);
    }
  }
}
