import type { Columns } from './columns.ts';

/** Quiet music is to be seen, too: heights go with this power. */
const exponent = 0.6;
const steps = 256;
const shapes = Float32Array.from({ length: steps + 1 }, (_, level) => (level / steps) ** exponent);
const shape = (value: number): number => shapes[Math.min(steps, Math.abs(value) * steps) | 0]!;
/** Of peaks around the RMS. */
const faintAlpha = 115;

/**
 * Waveforms of all lanes as one bitmap, pixel by pixel: many times faster than paths, whose jagged edges a
 * rasterizer has to smooth.
 */
export class WavePainter {
  #image: ImageData | null = null;
  #pixels = new Uint32Array(0);
  readonly #canvas = document.createElement('canvas');
  #ratio = 1;

  /** An empty picture; sizes in CSS pixels. */
  begin(width: number, height: number, ratio: number): void {
    const [columns, rows] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    this.#ratio = ratio;
    if (this.#image?.width === columns && this.#image.height === rows) {
      this.#pixels.fill(0);
      return;
    }
    this.#image = new ImageData(columns, rows);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.#canvas.width = columns;
    this.#canvas.height = rows;
  }

  /** @param colour `#rrggbb` @param from,to columns, in device pixels @param top,height in CSS pixels */
  wave(columns: Columns, from: number, to: number, top: number, height: number, colour: string): void {
    const { width, height: rows } = this.#image!;
    const middle = Math.round((top + height / 2) * this.#ratio);
    const scale = (height / 2 - 2) * this.#ratio;
    const [strong, faint] = [pixelOf(colour, 255), pixelOf(colour, faintAlpha)];
    const pixels = this.#pixels;
    const { low, high, rms } = columns;
    for (let x = Math.max(0, from); x < Math.min(width, to); x++) {
      const loud = shape(rms[x]!) * scale;
      const [upper, lower] = [middle - shape(high[x]!) * scale, middle + shape(low[x]!) * scale];
      const [inner, outer] = [
        Math.max(0, Math.round(middle - loud)),
        Math.min(rows, Math.round(middle + loud) + 1),
      ];
      let y = Math.max(0, Math.min(inner, Math.round(upper)));
      let at = y * width + x;
      for (; y < inner && y < rows; y++, at += width) pixels[at] = faint;
      for (; y < outer; y++, at += width) pixels[at] = strong;
      const end = Math.min(rows, Math.round(lower));
      for (; y < end; y++, at += width) pixels[at] = faint;
    }
  }

  flush(context: CanvasRenderingContext2D, width: number, height: number): void {
    this.#canvas.getContext('2d')!.putImageData(this.#image!, 0, 0);
    context.drawImage(this.#canvas, 0, 0, width, height);
  }
}

/** As an ImageData of this (little-endian) machine holds it. */
const pixelOf = (colour: string, alpha: number): number => {
  const value = Number.parseInt(colour.slice(1), 16);
  return ((alpha << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
};
