import type { Archive } from '../platform/checkpoint.ts';

/** A Float32Array that grows: frames of `width` values, appended one by one. */
export class GrowingArray {
  private data: Float32Array;
  private used = 0;

  constructor(
    readonly width: number,
    expectedFrames: number,
  ) {
    this.data = new Float32Array(Math.max(16, expectedFrames) * width);
  }

  get frames(): number {
    return this.used / this.width;
  }

  /** Room for the next frame, to be filled at once. */
  next(): Float32Array {
    if (this.used + this.width > this.data.length) {
      const larger = new Float32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.used += this.width;
    return this.data.subarray(this.used - this.width, this.used);
  }

  state(archive: Archive): void {
    const values = archive.pass(this.values);
    if (values.length > this.data.length) this.data = new Float32Array(2 * values.length);
    this.data.set(values);
    this.used = values.length;
  }

  push(value: number): void {
    this.next()[0] = value;
  }

  /** All frames, shape [frames][width]. */
  get values(): Float32Array {
    return this.data.subarray(0, this.used);
  }
}
