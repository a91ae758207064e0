import type { Planar } from '../../../audio/audioStream.ts';
import type { Hertz, Samples } from '../../../contracts/units.ts';

/** A loaded separation model behind one face, whatever its tensors look like. */
export interface SeparationModel {
  readonly sampleRate: Hertz;
  readonly channels: number;
  readonly window: Samples;
  readonly overlap: Samples;
  /** Frames at either side of a window that the model hears too. */
  readonly context: Samples;
  readonly maxBatch: number;
  /** All stems that the model computes. */
  readonly stems: readonly string[];
  /** Whether windows are to be brought near unit level; else they come at the level of the source. */
  readonly wantsUnitLevel: boolean;
  readonly provider: string;
  /**
   * @param windows [batch][channel][window + 2 * context], never silent; near unit level where it is wanted
   * @returns [batch][stem][channel][window]
   */
  run(windows: readonly Planar[]): Promise<Float32Array[][][]>;
  close(): Promise<void>;
}
