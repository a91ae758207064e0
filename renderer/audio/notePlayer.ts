import type { DeskNote } from '../../main/contracts/desk.ts';
import type { NoteSink, SoundingNote } from './noteSink.ts';
import { player } from './player.ts';
import { SynthSink } from './synthSink.ts';

/** Notes are handed over this long before they sound. */
const aheadSeconds = 0.25;
const lookEveryMs = 60;
const shortest = 0.05;
/** A note that is only tried. */
const trySeconds = 0.25;

/** Plays the notes that are shown, in time with the song, on the built-in synthesizers or through a MIDI port. */
export class NotePlayer {
  readonly synth = new SynthSink();
  #sink: NoteSink = this.synth;
  #timer: ReturnType<typeof setInterval> | null = null;
  #notes: readonly DeskNote[] = [];
  /** Seconds of the song up to which notes were handed over. */
  #done = 0;
  #sounding = false;

  /** In order of onset. */
  setNotes(notes: readonly DeskNote[]): void {
    this.#notes = notes;
  }

  playOn(sink: NoteSink): void {
    this.#sink.silence();
    this.#sink = sink;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#sink.silence();
  }

  /** One note now: heard while it is chosen or drawn, by who listens. */
  sound(note: SoundingNote): void {
    if (this.#timer !== null && player.context !== null)
      this.#sink.play(note, player.context.currentTime, trySeconds);
  }

  #look(): void {
    const { context } = player;
    const now = player.position;
    if (!player.playing || context === null) {
      if (this.#sounding) this.#sink.silence();
      this.#sounding = false;
      this.#done = now;
      return;
    }
    // A jump: what was handed over no longer counts.
    if (now < this.#done - 2 * aheadSeconds || now > this.#done + aheadSeconds) {
      this.#sink.silence();
      this.#done = now;
    }
    this.#sounding = true;
    const until = now + aheadSeconds;
    for (const note of this.#notes) {
      if (note.onset < this.#done) continue;
      if (note.onset >= until) break;
      this.#sink.play(
        note,
        context.currentTime + Math.max(0, note.onset - now),
        Math.max(shortest, note.offset - note.onset),
      );
    }
    this.#done = until;
  }
}
