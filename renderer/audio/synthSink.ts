// Part by part: the package's index makes an audio context and a worker of its own as soon as it is imported.
import { Filter } from 'tone/build/esm/component/filter/Filter.js';
import { Context } from 'tone/build/esm/core/context/Context.js';
import { setContext } from 'tone/build/esm/core/Global.js';
import { PolySynth } from 'tone/build/esm/instrument/PolySynth.js';
import { Synth } from 'tone/build/esm/instrument/Synth.js';
import { isDrums } from '../../main/midi/drums.ts';
import { DrumKit } from './drumKit.ts';
import type { NoteSink, SoundingNote } from './noteSink.ts';
import { player } from './player.ts';

const voices = 48;
/** Full velocity of a synthesizer, against music mixed to usual levels. */
const levelDb = -14;

/** Equal temperament, A4 at 440 Hz. */
const hertzOf = (pitch: number): number => 440 * 2 ** ((pitch - 69) / 12);

/** A synthesizer a stem, a drum kit for drums, on the player's own clock so that notes and audio cannot drift apart. */
export class SynthSink implements NoteSink {
  #context: AudioContext | null = null;
  readonly #synths = new Map<string, PolySynth>();
  #kit: DrumKit | null = null;

  play({ stem, pitch, velocity }: SoundingNote, when: number, seconds: number): void {
    if (!this.#follow()) return;
    if (isDrums(stem)) {
      this.#kit ??= new DrumKit();
      this.#kit.play(pitch, when, velocity / 127);
    } else this.#synthOf(stem).triggerAttackRelease(hertzOf(pitch), seconds, when, velocity / 127);
  }

  silence(): void {
    for (const synth of this.#synths.values()) synth.releaseAll();
  }

  /** The context of the song that is open. @returns whether there is one */
  #follow(): boolean {
    const { context } = player;
    if (context === null) return false;
    if (this.#context !== context) {
      setContext(new Context({ context, lookAhead: 0, clockSource: 'timeout' }));
      this.#context = context;
      this.#synths.clear();
      this.#kit = null;
    }
    return true;
  }

  #synthOf(stem: string): PolySynth {
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
