import { Filter } from 'tone/build/esm/component/filter/Filter.js';
import { MembraneSynth } from 'tone/build/esm/instrument/MembraneSynth.js';
import { NoiseSynth } from 'tone/build/esm/instrument/NoiseSynth.js';

type Kind = 'kick' | 'tom' | 'snare' | 'hat' | 'openHat' | 'cymbal' | 'stick';

/** What the keys of the General MIDI percussion map sound like here; what is not named is a short tick. */
const kinds: readonly (readonly [Kind, readonly number[]])[] = [
  ['kick', [35, 36]],
  ['snare', [38, 39, 40]],
  ['hat', [42, 44]],
  ['openHat', [46]],
  ['tom', [41, 43, 45, 47, 48, 50, 60, 61, 62, 63, 64, 65, 66]],
  ['cymbal', [49, 51, 52, 53, 55, 57, 59]],
];

const levelDb = -8;

interface Voice {
  hit(pitch: number, when: number, velocity: number): void;
}

/** Synthetic drums: enough to judge a rhythm by. */
export class DrumKit {
  readonly #voices = new Map<Kind, Voice>();
  readonly #last = new Map<Kind, number>();

  play(pitch: number, when: number, velocity: number): void {
    const [kind] = kinds.find(([, keys]) => keys.includes(pitch)) ?? ['stick' as const];
    // A voice plays one stroke after the other; two at once would be refused.
    const due = Math.max(when, (this.#last.get(kind) ?? 0) + 0.002);
    this.#last.set(kind, due);
    let voice = this.#voices.get(kind);
    if (voice === undefined) {
      voice = makeVoice(kind);
      this.#voices.set(kind, voice);
    }
    voice.hit(pitch, due, velocity);
  }
}

function makeVoice(kind: Kind): Voice {
  switch (kind) {
    case 'kick':
      return membrane({ pitchDecay: 0.04, octaves: 6, decay: 0.32 }, () => 45);
    case 'tom':
      return membrane({ pitchDecay: 0.06, octaves: 2, decay: 0.3 }, (pitch) => 60 * 2 ** ((pitch - 41) / 8));
    case 'snare':
      return noise(0.17, 900);
    case 'hat':
      return noise(0.04, 7500);
    case 'openHat':
      return noise(0.32, 7000);
    case 'cymbal':
      return noise(0.9, 5000);
    case 'stick':
      return noise(0.025, 2500);
  }
}

function membrane(
  { pitchDecay, octaves, decay }: { pitchDecay: number; octaves: number; decay: number },
  hertz: (pitch: number) => number,
): Voice {
  const synth = new MembraneSynth({
    volume: levelDb,
    pitchDecay,
    octaves,
    envelope: { attack: 0.001, decay, sustain: 0, release: 0.05 },
  }).toDestination();
  return { hit: (pitch, when, velocity) => synth.triggerAttackRelease(hertz(pitch), decay, when, velocity) };
}

function noise(decay: number, highPass: number): Voice {
  const synth = new NoiseSynth({
    volume: levelDb,
    noise: { type: 'white' },
    envelope: { attack: 0.001, decay, sustain: 0, release: 0.02 },
  });
  synth.connect(new Filter(highPass, 'highpass').toDestination());
  return { hit: (_pitch, when, velocity) => synth.triggerAttackRelease(decay, when, velocity) };
}
