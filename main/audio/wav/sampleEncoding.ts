import type { Planar } from '../audioStream.ts';

/** How a sample stands in a WAV file; all little-endian, `uint8` with its zero at 128. */
export type SampleEncoding = 'uint8' | 'int16' | 'int24' | 'int32' | 'float32' | 'float64';

export const bytesPerSample: Readonly<Record<SampleEncoding, number>> = {
  uint8: 1,
  int16: 2,
  int24: 3,
  int32: 4,
  float32: 4,
  float64: 8,
};

/** Interleaved samples with a zero offset and a full scale, into planes. */
function deinterleave(
  from: ArrayLike<number>,
  to: Planar,
  toStart: number,
  frames: number,
  scale: number,
): void {
  const channels = to.length;
  for (let channel = 0; channel < channels; channel++) {
    const plane = to[channel]!;
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) {
      plane[toStart + frame] = from[at]! * scale;
    }
  }
}

/**
 * Decodes interleaved `bytes` into `to[channel][toStart...]`. Integers map to [-1, 1) by 2^-(bits-1)
 * (exact in float32 up to 24 bits); float samples are taken as they are, including values that are no numbers.
 * `bytes.byteOffset` must be a multiple of the sample size.
 */
export function decodeSamples(
  encoding: SampleEncoding,
  bytes: Uint8Array,
  to: Planar,
  toStart: number,
  frames: number,
): void {
  const count = frames * to.length;
  const { buffer, byteOffset } = bytes;
  switch (encoding) {
    case 'float32': {
      const samples = new Float32Array(buffer, byteOffset, count);
      if (to.length === 1) to[0]!.set(samples, toStart);
      else deinterleave(samples, to, toStart, frames, 1);
      return;
    }
    case 'float64':
      return deinterleave(new Float64Array(buffer, byteOffset, count), to, toStart, frames, 1);
    case 'int16':
      return deinterleave(new Int16Array(buffer, byteOffset, count), to, toStart, frames, 2 ** -15);
    case 'int32':
      return deinterleave(new Int32Array(buffer, byteOffset, count), to, toStart, frames, 2 ** -31);
    case 'int24': {
      const stride = 3 * to.length;
      for (let channel = 0; channel < to.length; channel++) {
        const plane = to[channel]!;
        for (let frame = 0, at = channel * 3; frame < frames; frame++, at += stride) {
          const sample = (bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24);
          plane[toStart + frame] = sample * 2 ** -31;
        }
      }
      return;
    }
    case 'uint8':
      for (let channel = 0; channel < to.length; channel++) {
        const plane = to[channel]!;
        for (let frame = 0; frame < frames; frame++) {
          plane[toStart + frame] = (bytes[frame * to.length + channel]! - 128) / 128;
        }
      }
  }
}

/** Nearest integer step, clipped to what the format holds; NaN becomes 0. */
export function quantise(value: number, fullScale: number): number {
  const scaled = value * fullScale;
  if (scaled >= fullScale - 1) return fullScale - 1;
  if (scaled <= -fullScale) return -fullScale;
  return (scaled + (scaled < 0 ? -0.5 : 0.5)) | 0;
}

/** The reverse of `decodeSamples`: integers are rounded to the nearest step and clipped, without dither. */
export function encodeSamples(
  encoding: SampleEncoding,
  from: Planar,
  fromStart: number,
  frames: number,
  bytes: Uint8Array,
): void {
  const channels = from.length;
  const count = frames * channels;
  const { buffer, byteOffset } = bytes;
  if (encoding === 'float32' && channels === 1) {
    new Float32Array(buffer, byteOffset, count).set(from[0]!.subarray(fromStart, fromStart + frames));
    return;
  }
  for (let channel = 0; channel < channels; channel++) {
    const plane = from[channel]!;
    switch (encoding) {
      case 'float32':
      case 'float64': {
        const samples =
          encoding === 'float32'
            ? new Float32Array(buffer, byteOffset, count)
            : new Float64Array(buffer, byteOffset, count);
        for (let frame = 0, at = channel; frame < frames; frame++, at += channels) {
          samples[at] = plane[fromStart + frame]!;
        }
        break;
      }
      case 'int16': {
        const samples = new Int16Array(buffer, byteOffset, count);
        for (let frame = 0, at = channel; frame < frames; frame++, at += channels) {
          samples[at] = quantise(plane[fromStart + frame]!, 2 ** 15);
        }
        break;
      }
      case 'int32': {
        const samples = new Int32Array(buffer, byteOffset, count);
        for (let frame = 0, at = channel; frame < frames; frame++, at += channels) {
          samples[at] = quantise(plane[fromStart + frame]!, 2 ** 31);
        }
        break;
      }
      case 'int24':
        for (let frame = 0, at = channel * 3; frame < frames; frame++, at += 3 * channels) {
          const step = quantise(plane[fromStart + frame]!, 2 ** 23);
          bytes[at] = step;
          bytes[at + 1] = step >> 8;
          bytes[at + 2] = step >> 16;
        }
        break;
      case 'uint8':
        for (let frame = 0, at = channel; frame < frames; frame++, at += channels) {
          bytes[at] = quantise(plane[fromStart + frame]!, 128) + 128;
        }
    }
  }
}
