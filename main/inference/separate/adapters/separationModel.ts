import type { Planar } from '../../../audio/audioStream.ts';
import type { Hertz, Samples } from '../../../contracts/units.ts';

/** A loaded separation model behind one face, whatever its tensors look like. */
export interface SeparationModel {
  readonly sampleRate: Hertz;
  readonly channels: number;
  readonly window: Samples;
  readonly overlap: Samples;
  readonly maxBatch: number;
  /** All stems that the model knows. */
  readonly stems: readonly string[];
  readonly provider: string;
  /**
   * @param windows [batch][channel][window], neither silent nor far from unit level
   * @returns [batch][stem][channel][window]
   */
  run(windows: readonly Planar[]): Promise<Float32Array[][][]>;
  close(): Promise<void>;
}
