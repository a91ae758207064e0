import { describe, expect, it } from 'vitest';
import { bassPart } from './parts/bass.ts';
import { guitarPart } from './parts/guitar.ts';
import { keysPart } from './parts/keys.ts';
import { padPart } from './parts/pad.ts';
import { leadPart, harmonyPart } from './parts/vocals.ts';
import { drumsPart } from './parts/drums.ts';
import { playDrums } from './instruments/drumKit.ts';
import { pluck } from './instruments/pluckedString.ts';
import { humanise } from './performance.ts';
import { seeded } from './random.ts';
import { chords, song } from './song.ts';
import { phonemes } from './voice/phonemes.ts';

const parts = {
  lead: leadPart(),
  harmony: harmonyPart(),
  bass: bassPart(),
  guitar: guitarPart(),
  keys: keysPart(),
  pad: padPart(),
  drums: drumsPart(),
};

describe('the demo song', () => {
  it('stays inside its bars and its key', () => {
    const scale = [0, 2, 4, 6, 7, 9, 11];
    for (const [name, notes] of Object.entries(parts)) {
      expect(notes.length).toBeGreaterThan(10);
      for (const note of notes) {
        expect(note.start).toBeLessThan(song.bars * song.beatsPerBar);
        expect(note.velocity).toBeGreaterThan(0);
        expect(note.velocity).toBeLessThan(128);
        expect(name === 'drums' || scale.includes(note.pitch % 12)).toBe(true);
      }
    }
    expect(chords).toHaveLength(song.bars);
  });

  it('never makes the singer sing two notes at once, and spells every syllable', () => {
    const lead = parts.lead;
    lead.slice(1).forEach((note, i) => {
      expect(note.start).toBeGreaterThanOrEqual(lead[i]!.start + lead[i]!.length - 0.15);
    });
    for (const note of lead) for (const name of note.phonemes) expect(phonemes).toHaveProperty(name);
  });

  it('is played the same every time', () => {
    const feel = { looseness: 0.01, lean: 0, touch: 4 };
    const once = humanise(parts.bass, feel, seeded('x'));
    expect(humanise(parts.bass, feel, seeded('x'))).toEqual(once);
    expect(humanise(parts.bass, feel, seeded('y'))).not.toEqual(once);
  });
});

describe('the instruments', () => {
  it('tunes a plucked string within 3 cents of its pitch', () => {
    const sound = {
      sustain: 6,
      brightness: 0.8,
      pluckAt: 0.2,
      pickupAt: 0.12,
      pluckHz: [900, 3000],
    } as const;
    const rate = 48000;
    for (const pitch of [31, 45, 57, 69]) {
      const tone = pluck(sound, pitch, 100, 1, rate, {
        uniform: () => 0.3,
        bipolar: () => 0,
        normal: () => 0,
      });
      expect(
        Math.abs(1200 * Math.log2(frequencyOf(tone, pitch, rate) / (440 * 2 ** ((pitch - 69) / 12)))),
      ).toBeLessThan(3);
    }
  });

  it('puts each drum where it belongs in the spectrum and never clips to nonsense', () => {
    const hit = (pitch: number) => playDrums([{ onset: 0.1, offset: 0.2, pitch, velocity: 110 }]);
    const brightness = (pitch: number): number => {
      const { left } = hit(pitch);
      let slope = 0;
      let energy = 0;
      for (let n = 1; n < left.length; n++) {
        slope += (left[n]! - left[n - 1]!) ** 2;
        energy += left[n]! ** 2;
      }
      expect(energy).toBeGreaterThan(0);
      return slope / energy; // NaN would fail every comparison below
    };
    const [kick, snare, hat] = [36, 38, 42].map(brightness);
    expect(kick).toBeLessThan(0.1 * snare!);
    expect(snare).toBeLessThan(hat!);
  });
});

/** Phase advance of the fundamental between two windows, which is exact to fractions of a cent. */
function frequencyOf(tone: Float32Array, pitch: number, rate: number): number {
  const guess = 440 * 2 ** ((pitch - 69) / 12);
  const phase = (start: number): number => {
    let re = 0;
    let im = 0;
    const length = Math.round(0.2 * rate);
    for (let n = 0; n < length; n++) {
      const window = Math.sin((Math.PI * n) / length) ** 2;
      re += window * tone[start + n]! * Math.cos((2 * Math.PI * guess * (start + n)) / rate);
      im -= window * tone[start + n]! * Math.sin((2 * Math.PI * guess * (start + n)) / rate);
    }
    return Math.atan2(im, re);
  };
  const apart = Math.round(0.1 * rate);
  let turn = phase(9600 + apart) - phase(9600);
  turn -= 2 * Math.PI * Math.round(turn / (2 * Math.PI));
  return guess + (turn * rate) / (2 * Math.PI * apart);
}
