/**
 * The cells (pitch, frame) whose note activation reaches the threshold: a few in each frame, where the full
 * matrix of a three-hour piece would take 330 MB. Taking a cell away is final; the cells of a pitch are in
 * the order of time.
 */
export class SoundingCells {
  private readonly columns: Column[];

  constructor(private readonly pitches: number) {
    this.columns = Array.from({ length: pitches }, () => new Column());
  }

  /** Frames of a pitch have to come in ascending order. */
  add(pitch: number, frame: number, activation: number): void {
    this.columns[pitch]!.push(frame, activation);
  }

  /** Takes one cell away; whether it was still there. */
  take(pitch: number, frame: number): boolean {
    const column = this.columns[pitch]!;
    const at = column.firstFrom(frame);
    const there = column.frames[at] === frame && at < column.length && column.activations[at]! > 0;
    if (there) column.activations[at] = 0;
    return there;
  }

  /** Takes away the frames `from` to `to` (exclusive) of a pitch; a pitch that does not exist has none. */
  clear(pitch: number, from: number, to: number): void {
    const column = this.columns[pitch];
    if (column === undefined) return;
    for (let at = column.firstFrom(from); at < column.length && column.frames[at]! < to; at++) {
      column.activations[at] = 0;
    }
  }

  /** The last frame before `limit` that is reached from `frame` over gaps of fewer than `tolerance` frames; `frame` itself when there is none. */
  lastReached(pitch: number, frame: number, limit: number, tolerance: number): number {
    const column = this.columns[pitch]!;
    let reached = frame;
    for (let at = column.firstFrom(frame + 1); at < column.length; at++) {
      const next = column.frames[at]!;
      if (next >= limit || next - reached > tolerance) break;
      if (column.activations[at]! > 0) reached = next;
    }
    return reached;
  }

  /** As `lastReached`, backward in time, down to `limit` inclusive. */
  firstReached(pitch: number, frame: number, limit: number, tolerance: number): number {
    const column = this.columns[pitch]!;
    let reached = frame;
    for (let at = column.firstFrom(frame) - 1; at >= 0; at--) {
      const next = column.frames[at]!;
      if (next < limit || reached - next > tolerance) break;
      if (column.activations[at]! > 0) reached = next;
    }
    return reached;
  }

  /** What is there now above `threshold`, the strongest first; of equals the earlier frame, then the lower pitch. */
  *strongestFirst(threshold: number): Generator<{ pitch: number; frame: number }> {
    const order = this.sortKeys(threshold);
    for (let i = 0; i < order.length; i += 2) {
      const cell = order[i]!;
      yield { pitch: cell % this.pitches, frame: Math.floor(cell / this.pitches) };
    }
  }

  /** 64-bit keys as pairs (cell number, inverted activation): float32 bits of positive numbers sort as the numbers do. */
  private sortKeys(threshold: number): Uint32Array {
    let count = 0;
    for (const column of this.columns) count += column.countAbove(threshold);
    const keys = new BigUint64Array(count);
    const halves = new Uint32Array(keys.buffer);
    const low = littleEndian ? 0 : 1;
    let at = 0;
    for (const [pitch, column] of this.columns.entries()) {
      const bits = new Uint32Array(column.activations.buffer);
      for (let i = 0; i < column.length; i++) {
        if (column.activations[i]! <= threshold) continue;
        halves[at + low] = column.frames[i]! * this.pitches + pitch;
        halves[at + 1 - low] = ~bits[i]!;
        at += 2;
      }
    }
    keys.sort();
    return low === 0 ? halves : halves.subarray(1);
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The cells of one pitch, growing by doubling. */
class Column {
  frames = new Int32Array(256);
  activations = new Float32Array(256);
  length = 0;

  push(frame: number, activation: number): void {
    if (this.length === this.frames.length) {
      const frames = new Int32Array(2 * this.length);
      const activations = new Float32Array(2 * this.length);
      frames.set(this.frames);
      activations.set(this.activations);
      [this.frames, this.activations] = [frames, activations];
    }
    this.frames[this.length] = frame;
    this.activations[this.length++] = activation;
  }

  /** Index of the first cell at `frame` or later. */
  firstFrom(frame: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.frames[middle]! < frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  countAbove(threshold: number): number {
    let count = 0;
    for (let i = 0; i < this.length; i++) if (this.activations[i]! > threshold) count++;
    return count;
  }
}
