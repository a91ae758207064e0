import type { AudioReader, Planar } from '../../audio/audioStream.ts';
import type { Hertz } from '../../contracts/units.ts';

/** Planes in memory as audio to read from. */
export const memoryAudio = (planes: Planar, sampleRate: Hertz): AudioReader => ({
  sampleRate,
  channels: planes.length,
  frames: planes[0]!.length,
  read: (start, count) => Promise.resolve(planes.map((plane) => plane.slice(start, start + count))),
  close: () => Promise.resolve(),
});
