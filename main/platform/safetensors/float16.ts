/** IEEE 754 binary16, which Node 20 has no array for. */

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

/** The nearest half, ties to even; what is too large becomes infinite. */
export function toHalf(number: number): number {
  value[0] = number;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // no number
  if (magnitude >= 0x47800000) return sign | 0x7c00; // from 65536 on
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24. Adding 0.5 lets float32 arithmetic round to it.
    value[0] = Math.abs(number) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  const even = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + even) >>> 13);
}

export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
