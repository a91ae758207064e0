import { toneAt } from '../../support/servedBridge.ts';
import type { SimulatedPlugin } from '../../support/simulatedPlugin.ts';

export const hostRate = 48_000;
const block = 1000;
export const hostBpm = 120;
const beatsPerBar = 4;

/** Notes of half a second on an E, loud enough for the test's transcriber. */
export const notesAt = (start: number, frames: number): Float32Array[] =>
  [0, 1].map(() =>
    Float32Array.from({ length: frames }, (_, n) => {
      const seconds = (start + n) / hostRate;
      const within = seconds % 0.5;
      const envelope = Math.max(0, Math.min(1, within / 0.004, (0.5 - within) / 0.02));
      return 0.95 * envelope * Math.sin(2 * Math.PI * 329.6 * seconds);
    }),
  );

/** A host with two tracks at 120 bpm in 4/4, as its plugins tell of it: `bass` plays notes, `drums` a tone. */
export class PlayingHost implements Disposable {
  /** How much louder the bass plays, so that takes can be told apart. */
  bassGain = 1;
  looping = false;

  constructor(
    public bass: SimulatedPlugin,
    public drums: SimulatedPlugin,
  ) {}

  /** Both tracks play from a second to a second of the host's timeline. */
  async play(from: number, to: number): Promise<void> {
    for (let at = Math.round(from * hostRate); at < to * hostRate; at += block) {
      const more = { musical: musicalAt(at), looping: this.looping };
      this.bass.play(
        at,
        notesAt(at, block).map((plane) => plane.map((sample) => this.bassGain * sample)),
        more,
      );
      this.drums.play(at, toneAt(at, block), more);
      await this.bass.drained();
    }
    await this.answered();
  }

  /** The drums' plugin could not send these frames; the bass plays on. */
  async loseDrums(from: number, to: number): Promise<void> {
    this.drums.lose(Math.round(from * hostRate), Math.round((to - from) * hostRate));
    for (let at = Math.round(from * hostRate); at < to * hostRate; at += block) {
      this.bass.play(at, notesAt(at, block), { musical: musicalAt(at) });
    }
    await this.answered();
  }

  stop(at: number): void {
    for (const plugin of [this.bass, this.drums]) plugin.stop(Math.round(at * hostRate));
  }

  async answered(): Promise<void> {
    await Promise.all([this.bass.answered(), this.drums.answered()]);
  }

  [Symbol.dispose](): void {
    for (const plugin of [this.bass, this.drums]) plugin[Symbol.dispose]();
  }
}

const musicalAt = (frame: number) => {
  const beats = (frame / hostRate) * (hostBpm / 60);
  return {
    bpm: hostBpm,
    bar: Math.floor(beats / beatsPerBar) + 1,
    beat: Math.floor(beats % beatsPerBar) + 1,
    beatFraction: beats % 1,
    beatsPerBar,
    beatUnit: 4,
  };
};
