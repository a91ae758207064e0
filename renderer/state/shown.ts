import { Emitter } from './emitter.ts';

/** How the lanes and the piano roll look, and which lane the keys work on; the same in all views, not kept. */
class Shown {
  readonly changed = new Emitter();
  spectrogram = false;
  /** Index of the lane that S and M are for. */
  lane = 0;

  setSpectrogram(on: boolean): void {
    this.spectrogram = on;
    this.changed.emit();
  }

  setLane(lane: number): void {
    if (lane === this.lane) return;
    this.lane = lane;
    this.changed.emit();
  }
}

export const shown = new Shown();

/** What Ctrl+Z is for in the view that is open; `null` where there is nothing to undo. */
export const undoable: { current: { undo(): void; redo(): void } | null } = { current: null };
