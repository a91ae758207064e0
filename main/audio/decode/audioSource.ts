/** An opened audio file of any format, read from start to end. */
export interface AudioSource {
  /** What it is, for the user: "FLAC", "MP3", "AAC in MP4". */
  readonly format: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** Speaker positions in WAVE terms; `null` when unknown. */
  readonly channelMask: number | null;
  /** Position on the host timeline in sample frames (Broadcast Wave), else `null`. */
  readonly timeReference: number | null;
  /** Work done so far and in all, in any unit. */
  progress(): { readonly done: number; readonly total: number };
  /**
   * The audio from its true start to its true end (encoder delay and padding removed), in blocks of any
   * length, at most a few seconds each.
   * @param from frames that are known already (from a run that was cut short) and not given again. Where the
   * format lets no decoder start there they are decoded all the same; empty blocks come meanwhile.
   */
  blocks(from?: number): AsyncIterable<readonly Float32Array[]>;
  /** What was found wrong and how it was taken; complete after the last block. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}
