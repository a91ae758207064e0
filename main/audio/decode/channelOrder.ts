/** The usual speaker positions of WAVE files for a channel count (dwChannelMask); `null` for mono, stereo and unknown ones. */
export const usualMask = (channels: number): number | null =>
  ({ 3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3f, 7: 0x70f, 8: 0x63f })[channels] ?? null;

/** Vorbis I specification, 4.3.9: which Vorbis channel stands at each WAVE position. Opus (RFC 7845) has the same order. */
const vorbisChannel: Readonly<Record<number, readonly number[]>> = {
  3: [0, 2, 1],
  5: [0, 2, 1, 3, 4],
  6: [0, 2, 1, 5, 3, 4],
  7: [0, 2, 1, 6, 5, 3, 4],
  8: [0, 2, 1, 7, 5, 6, 3, 4],
};

/** Channels of Vorbis or Opus in the order of WAVE files. */
export function fromVorbisOrder(planes: readonly Float32Array[]): readonly Float32Array[] {
  const order = vorbisChannel[planes.length];
  return order === undefined ? planes : order.map((channel) => planes[channel]!);
}
