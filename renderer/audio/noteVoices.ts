// Part by part: the package's index makes an audio context and a worker of its own as soon as it is imported.
import { Filter } from 'tone/build/esm/component/filter/Filter.js';
import { Context } from 'tone/build/esm/core/context/Context.js';
import { setContext } from 'tone/build/esm/core/Global.js';
import { PolySynth } from 'tone/build/esm/instrument/PolySynth.js';
import { Synth } from 'tone/build/esm/instrument/Synth.js';
import type { DeskNote } from '../../main/contracts/desk.ts';
import { player } from './player.ts';

/** Notes are handed to the synthesizers this long before they sound. */
const aheadSeconds = 0.25;
const lookEveryMs = 60;
const voices = 48;
/** Full velocity of a synthesizer, against music mixed to usual levels. */
const levelDb = -14;

/** Equal temperament, A4 at 440 Hz. */
const hertzOf = (pitch: number): number => 440 * 2 ** ((pitch - 69) / 12);

/** Plays the notes that are shown, in time with the song. */
export class NoteVoices {
  #timer: ReturnType<typeof setInterval> | null = null;
  #context: AudioContext | null = null;
  #synths = new Map<string, PolySynth>();
  #notes: readonly DeskNote[] = [];
  /** Seconds of the song up to which notes were handed over. */
  #done = 0;

  /** In order of onset. */
  setNotes(notes: readonly DeskNote[]): void {
    this.#notes = notes;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#silence();
  }

  /** One note now: heard while it is chosen or drawn. */
  sound(note: Pick<DeskNote, 'stem' | 'pitch' | 'velocity'>): void {
    this.#synthOf(note.stem)?.triggerAttackRelease(hertzOf(note.pitch), 0.25, undefined, note.velocity / 127);
  }

  #look(): void {
    if (!player.playing) {
      this.#silence();
      this.#done = player.position;
      return;
    }
    const now = player.position;
    // A jump: what was handed over no longer counts.
    if (now < this.#done - 2 * aheadSeconds || now > this.#done + aheadSeconds) this.#done = now;
    const until = now + aheadSeconds;
    for (const note of this.#notes) {
      if (note.onset < this.#done) continue;
      if (note.onset >= until) break;
      const synth = this.#synthOf(note.stem);
      if (synth === null) return;
      synth.triggerAttackRelease(
        hertzOf(note.pitch),
        Math.max(0.05, note.offset - note.onset),
        synth.context.currentTime + Math.max(0, note.onset - now),
        note.velocity / 127,
      );
    }
    this.#done = until;
  }

  #silence(): void {
    for (const synth of this.#synths.values()) synth.releaseAll();
  }

  #synthOf(stem: string): PolySynth | null {
    const { context } = player;
    if (context === null) return null;
    if (this.#context !== context) {
      // The player's own clock, so that notes and audio cannot drift apart.
      setContext(new Context({ context, lookAhead: 0, clockSource: 'timeout' }));
      this.#context = context;
      this.#synths.clear();
    }
    let synth = this.#synths.get(stem);
    if (synth === undefined) {
      synth = new PolySynth({
        maxPolyphony: voices,
        voice: Synth,
        options: {
          volume: levelDb,
          oscillator: { type: stem === 'bass' ? 'triangle' : 'fatsawtooth' },
          envelope: { attack: 0.006, decay: 0.2, sustain: 0.35, release: 0.12 },
        },
      });
      synth.connect(new Filter(stem === 'bass' ? 1200 : 3200, 'lowpass').toDestination());
      this.#synths.set(stem, synth);
    }
    return synth;
  }
}
