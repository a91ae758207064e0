import FFT from 'fft.js';
import { framesOfColumn, type TileRequest } from './tileFormat.ts';

/** 0 is `ceilingDb` or louder, the last step of the colour map; below `floorDb` is nothing. */
export const [floorDb, ceilingDb] = [-96, -6];

/** Zero-padded at least to here, so that low octaves are curves and not stairs. */
const leastTransform = 4096;
/** Windows in a column that is longer than one. */
const mostWindows = 3;

/**
 * The window for columns of so many frames: long where the picture is wide, for the pitch; short where it is close,
 * for the beat. Behind notes it is twice as long.
 * @returns a power of two
 */
export function windowFor(
  framesPerColumn: number,
  sampleRate: number,
  detail: TileRequest['detail'],
): number {
  const column = framesPerColumn / sampleRate;
  const seconds = column > 0.008 ? 0.085 : column > 0.002 ? 0.043 : 0.021;
  return 2 ** Math.round(Math.log2(seconds * sampleRate * (detail === 'pitch' ? 2 : 1)));
}

/** Places of the windows' centres in a column, in frames from the column's start. */
export function windowCentres(framesPerColumn: number, window: number): number[] {
  const count = Math.max(1, Math.min(mostWindows, Math.floor(framesPerColumn / (window / 2))));
  return Array.from({ length: count }, (_, index) => ((index + 0.5) * framesPerColumn) / count);
}

/** Level of the frequencies of a piece of stereo or mono audio, as a column of a picture. */
export class ColumnAnalyser {
  readonly #fft: FFT;
  readonly #hann: Float64Array;
  readonly #input: number[];
  readonly #output: number[];
  readonly #power: Float64Array;
  readonly #edges: Float64Array;
  readonly #size: number;

  constructor(
    private readonly window: number,
    { rows, lowHz, highHz, sampleRate }: Pick<TileRequest, 'rows' | 'lowHz' | 'highHz' | 'sampleRate'>,
  ) {
    this.#size = Math.max(leastTransform, window);
    this.#fft = new FFT(this.#size);
    this.#hann = Float64Array.from(
      { length: window },
      (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / window),
    );
    this.#input = this.#fft.createComplexArray() as number[];
    this.#output = this.#fft.createComplexArray() as number[];
    this.#power = new Float64Array(this.#size / 2 + 1);
    // Equal steps of pitch from the bottom row's lower edge to the top row's upper one, in bins.
    this.#edges = Float64Array.from(
      { length: rows + 1 },
      (_, row) => ((lowHz * (highHz / lowHz) ** (row / rows)) / sampleRate) * this.#size,
    );
  }

  /** Both channels in one transform: their powers add up. Keeps the louder of this and what was there. */
  add(left: Float32Array, right: Float32Array, start: number, column: Float32Array): void {
    this.#input.fill(0);
    for (let n = 0; n < this.window; n++) {
      const at = start + n;
      if (at < 0 || at >= left.length) continue;
      this.#input[2 * n] = left[at]! * this.#hann[n]!;
      this.#input[2 * n + 1] = right[at]! * this.#hann[n]!;
    }
    this.#fft.transform(this.#output, this.#input);
    const size = this.#size;
    // A full-scale sine in both channels is 0 dB: its peak is a quarter of the window.
    const scale = 1 / (this.window / 4) ** 2 / 4;
    for (let bin = 0; bin <= size / 2; bin++) {
      const mirrored = bin === 0 ? 0 : size - bin;
      const here = this.#output[2 * bin]! ** 2 + this.#output[2 * bin + 1]! ** 2;
      const there = this.#output[2 * mirrored]! ** 2 + this.#output[2 * mirrored + 1]! ** 2;
      this.#power[bin] = (here + there) * scale;
    }
    for (let row = 0; row < column.length; row++) {
      const power = this.#between(this.#edges[row]!, this.#edges[row + 1]!);
      const level = (10 * Math.log10(power + 1e-20) - floorDb) / (ceilingDb - floorDb);
      column[row] = Math.max(column[row]!, Math.min(1, level));
    }
  }

  /** The loudest in a range of bins; between two bins where it is narrower than one. */
  #between(from: number, to: number): number {
    const last = this.#power.length - 1;
    if (from >= last) return 0;
    const interpolated = (at: number) => {
      const bin = Math.min(last - 1, Math.floor(at));
      const part = at - bin;
      return this.#power[bin]! * (1 - part) + this.#power[bin + 1]! * part;
    };
    let loudest = interpolated((from + Math.min(to, last)) / 2);
    for (let bin = Math.ceil(from); bin <= Math.min(last, to); bin++) {
      loudest = Math.max(loudest, this.#power[bin]!);
    }
    return loudest;
  }
}

/** Reads frames of a medium: planar. */
export type ReadFrames = (start: number, count: number) => Promise<readonly Float32Array[]>;

/** Wider columns are looked at here and there; the audio between is not fetched. */
const sparseColumns = 16_384;

/**
 * A tile as steps of the colour map.
 * @returns [rows][columns], the top row first, 0 to 255
 */
export async function analyseTile(request: TileRequest, read: ReadFrames): Promise<Uint8Array> {
  const { columns, rows, sampleRate, framesPerColumn } = request;
  const window = windowFor(framesPerColumn, sampleRate, request.detail);
  const analyser = new ColumnAnalyser(window, request);
  const centres = windowCentres(framesPerColumn, window);
  const sparse = framesPerColumn > sparseColumns;
  const first = framesOfColumn(request, 0);
  const piece = sparse ? null : await readAround(read, first, columns * framesPerColumn, window);
  const picture = new Uint8Array(rows * columns);
  const column = new Float32Array(rows);
  for (let x = 0; x < columns; x++) {
    column.fill(0);
    for (const centre of centres) {
      const middle = Math.round(framesOfColumn(request, x) + centre);
      const near = piece ?? (await readAround(read, middle, 0, window));
      analyser.add(near.left, near.right, middle - window / 2 - near.start, column);
    }
    for (let row = 0; row < rows; row++) {
      picture[(rows - 1 - row) * columns + x] = Math.round(255 * column[row]!);
    }
  }
  return picture;
}

async function readAround(read: ReadFrames, start: number, count: number, window: number) {
  const from = Math.max(0, Math.floor(start - window / 2));
  const planes = await read(from, Math.ceil(start + count + window / 2) - from);
  const left = planes[0] ?? new Float32Array(0);
  return { start: from, left, right: planes[1] ?? left };
}
