import type { Planar } from '../../../main/audio/audioStream.ts';

/** The highest sample of each channel since it was last looked at. */
export class LevelMeter {
  #peaks: number[] = [];

  pass(audio: Planar): void {
    if (this.#peaks.length !== audio.length) this.#peaks = audio.map(() => 0);
    for (const [channel, plane] of audio.entries()) {
      let peak = this.#peaks[channel]!;
      for (let at = 0; at < plane.length; at++) {
        const size = Math.abs(plane[at]!);
        if (size > peak) peak = size;
      }
      this.#peaks[channel] = peak;
    }
  }

  /** Looks, and begins anew. */
  take(): number[] {
    const peaks = this.#peaks;
    this.#peaks = peaks.map(() => 0);
    return peaks;
  }
}
