import type { Hertz, Samples } from '../contracts/units.ts';

/** Planar audio: one Float32Array per channel, all of the same length, nominal range -1 to 1. */
export type Planar = readonly Float32Array[];

/** Random access to audio of known length. Never holds more than what was asked for. */
export interface AudioReader {
  readonly sampleRate: Hertz;
  readonly channels: number;
  readonly frames: Samples;
  /** Frames `start` to `start + count`, clipped to the end of the audio: fewer frames come back there. */
  read(start: Samples, count: Samples): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Sequential writing. The file stands under its final name only after `close`. */
export interface AudioWriter {
  readonly framesWritten: Samples;
  write(audio: Planar): Promise<void>;
  close(): Promise<void>;
  /** Drops what was written. */
  abort(): Promise<void>;
}
