import { design, filter } from './dsp/biquad.ts';
import { applyGain, compressionGain, limiterGain, saturate, type Squash } from './dsp/dynamics.ts';
import { reverberate, type Room } from './dsp/reverb.ts';
import { addStereo, peakOf, silence, type Stereo } from './dsp/stereo.ts';
import { playBass } from './instruments/bassGuitar.ts';
import { playDrums } from './instruments/drumKit.ts';
import { playKeys } from './instruments/electricPiano.ts';
import { playGuitar } from './instruments/guitar.ts';
import { playPad } from './instruments/stringPad.ts';
import { bassPart } from './parts/bass.ts';
import { drumsPart } from './parts/drums.ts';
import { guitarPart } from './parts/guitar.ts';
import { keysPart } from './parts/keys.ts';
import { padPart } from './parts/pad.ts';
import { harmonyPart, leadPart, type SungNote } from './parts/vocals.ts';
import { humanise, songFrames, type Feel, type PlayedNote } from './performance.ts';
import { seeded } from './random.ts';
import { song, type ScoreNote } from './song.ts';
import { sing, type Singer } from './voice/sing.ts';

const rate = song.sampleRate;

/** What separators call it. */
export type Family = 'vocals' | 'drums' | 'bass' | 'other';

export interface RenderedTrack {
  readonly name: string;
  readonly family: Family;
  readonly notes: readonly PlayedNote[];
  readonly audio: Stereo;
}

const small: Room = { decay: 0.45, damping: 5200, preDelay: 0.004, size: 0.32 };
const plate: Room = { decay: 1.5, damping: 6800, preDelay: 0.028, size: 0.75 };
const hall: Room = { decay: 2.2, damping: 4200, preDelay: 0.02, size: 1 };

const tight: Feel = { looseness: 0.004, lean: 0, touch: 4 };
const laidBack: Feel = { looseness: 0.007, lean: 0.005, touch: 5 };
const singing: Feel = { looseness: 0.012, lean: 0.008, touch: 4 };

const lead: Singer = { vibrato: { hertz: 5.4, depth: 0.36 }, tractScale: 1, breathiness: 0.5 };
const second: Singer = { vibrato: { hertz: 5.1, depth: 0.28 }, tractScale: 0.95, breathiness: 0.7 };

const play = (part: readonly ScoreNote[], feel: Feel, name: string): PlayedNote[] =>
  humanise(part, feel, seeded(`${name} hands`));

/** Humanises in score order, so that notes and syllables stay paired. */
function voice(
  part: readonly SungNote[],
  singer: Singer,
  name: string,
): { notes: PlayedNote[]; mono: Float32Array } {
  const notes = play(part, singing, name);
  return { notes, mono: sing(part, notes, singer, seeded(`${name} voice`)) };
}

function squash(audio: Stereo, settings: Squash, makeupDb: number): void {
  const gain = compressionGain(audio, settings, rate);
  const makeup = 10 ** (makeupDb / 20);
  for (let n = 0; n < gain.length; n++) gain[n]! *= makeup;
  applyGain(audio, gain);
}

const both = (audio: Stereo, ...args: Parameters<typeof design>): void => {
  for (const channel of [audio.left, audio.right]) filter(channel, design(...args));
};

function withRoom(audio: Stereo, room: Room, level: number): Stereo {
  const wet = reverberate(audio, room, rate);
  both(wet, 'high-pass', 180, 0.7, rate);
  addStereo(audio, wet, level);
  return audio;
}

function vocals(part: readonly SungNote[], singer: Singer, name: string, pan: number, level: number) {
  const { notes, mono } = voice(part, singer, name);
  filter(mono, design('high-pass', 130, 0.7, rate));
  filter(mono, design('bell', 320, 1, rate, -2));
  filter(mono, design('high-shelf', 6500, 0.7, rate, 5.5));
  saturate(mono, 1.3);
  const audio = silence(songFrames);
  for (let n = 0; n < songFrames; n++) {
    audio.left[n] = mono[n]! * Math.min(1, 1 - pan) * level;
    audio.right[n] = mono[n]! * Math.min(1, 1 + pan) * level;
  }
  squash(audio, { thresholdDb: -20, ratio: 3.5, attack: 0.006, release: 0.12 }, 5);
  return { notes, audio };
}

function drumTrack(): RenderedTrack {
  const notes = play(drumsPart(), tight, 'drums');
  const audio = playDrums(notes);
  withRoom(audio, small, 0.3);
  squash(audio, { thresholdDb: -12, ratio: 3, attack: 0.012, release: 0.09 }, 3);
  for (const channel of [audio.left, audio.right]) saturate(channel, 1.25);
  return { name: 'drums', family: 'drums', notes, audio };
}

function bassTrack(): RenderedTrack {
  const notes = play(bassPart(), { ...tight, lean: 0.003 }, 'bass');
  const audio = playBass(notes, seeded('bass strings'));
  squash(audio, { thresholdDb: -16, ratio: 4, attack: 0.015, release: 0.14 }, 4);
  return { name: 'bass', family: 'bass', notes, audio };
}

function guitarTrack(): RenderedTrack {
  const notes = play(guitarPart(), { ...laidBack, lean: -0.002 }, 'guitar');
  const audio = playGuitar(notes, seeded('guitar strings'), 0.25);
  // The microphones favour the left of the picture; the keys sit on the right.
  for (let n = 0; n < songFrames; n++) audio.right[n]! *= 0.62;
  squash(audio, { thresholdDb: -26, ratio: 4, attack: 0.006, release: 0.12 }, 5);
  withRoom(audio, small, 0.22);
  return { name: 'guitar', family: 'other', notes, audio };
}

function keysTrack(): RenderedTrack {
  const notes = play(keysPart(), laidBack, 'keys');
  const audio = playKeys(notes, seeded('keys'));
  for (let n = 0; n < songFrames; n++) audio.left[n]! *= 0.66;
  withRoom(audio, plate, 0.16);
  return { name: 'keys', family: 'other', notes, audio };
}

function padTrack(): RenderedTrack {
  const notes = play(padPart(), laidBack, 'pad');
  const audio = playPad(notes, seeded('pad'));
  withRoom(audio, hall, 0.5);
  return { name: 'pad', family: 'other', notes, audio };
}

function leadTrack(): RenderedTrack {
  const { notes, audio } = vocals(leadPart(), lead, 'lead', 0, 0.9);
  withRoom(audio, plate, 0.2);
  return { name: 'vocals', family: 'vocals', notes, audio };
}

function harmonyTrack(): RenderedTrack {
  const part = harmonyPart();
  const one = vocals(part, second, 'harmony', -0.55, 0.7);
  const two = vocals(part, { ...second, tractScale: 1.04 }, 'harmony double', 0.55, 0.7);
  addStereo(one.audio, two.audio, 1);
  withRoom(one.audio, plate, 0.35);
  return { name: 'harmony', family: 'vocals', notes: one.notes, audio: one.audio };
}

/** The tracks as they come from the players, in session order, before any balance. */
export const tracks: readonly (() => RenderedTrack)[] = [
  leadTrack,
  harmonyTrack,
  drumTrack,
  bassTrack,
  guitarTrack,
  keysTrack,
  padTrack,
];

/** Where the faders happen to stand in the rough session that the mix assistant gets, in dB. */
export const roughFaders: Readonly<Record<string, number>> = {
  vocals: -13,
  harmony: -9,
  drums: -5,
  bass: -1,
  guitar: 3,
  keys: -3,
  pad: 1,
};

/** Fader positions of the finished mix in dB. */
const balance: Readonly<Record<string, number>> = {
  vocals: -4.5,
  harmony: -10,
  drums: 2,
  bass: -3,
  guitar: 2.5,
  keys: 2.5,
  pad: 0,
};

/**
 * Balances the tracks and glues them: the bus compressor and the limiter are driven by the sum but act on
 * each track with the same gain, so that the finished stems add up to the finished mix exactly.
 * Changes the tracks' audio in place; returns the mix.
 */
export function finish(rendered: readonly RenderedTrack[]): Stereo {
  const sum = (): Stereo => {
    const mix = silence(songFrames);
    for (const track of rendered) addStereo(mix, track.audio, 1);
    return mix;
  };
  for (const { name, audio } of rendered) scale(audio, 10 ** ((balance[name] ?? 0) / 20));
  const glue = compressionGain(sum(), { thresholdDb: -10, ratio: 2, attack: 0.02, release: 0.16 }, rate);
  for (const { audio } of rendered) applyGain(audio, glue);
  const peak = peakOf(sum());
  for (const { audio } of rendered) scale(audio, 1.45 / peak);
  const limit = limiterGain(sum(), 0.82, 0.004, rate);
  for (const { audio } of rendered) applyGain(audio, limit);
  return sum();
}

function scale(audio: Stereo, gain: number): void {
  for (const channel of [audio.left, audio.right])
    for (let n = 0; n < channel.length; n++) channel[n]! *= gain;
}
