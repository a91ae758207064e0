import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSource } from '../../../main/audio/decode/openSource.ts';
import type { Stereo } from './wave.ts';

export const sampleRate = 48000;

export interface Track {
  readonly name: string;
  readonly audio: Stereo;
}

/**
 * Samples are whole multiples of this, so that sums of eight tracks are exact in float32 whatever the order: 2^-20 of
 * full scale (-120 dBFS) with sums below 8 need 23 bits of the 24 there are.
 */
const grid = 2 ** -20;
const onGrid = (sample: number) => Math.round(Math.max(-0.999, Math.min(0.999, sample)) / grid) * grid;

/** A number from 0 to 1 that looks random but is the same on every machine (splitmix32). */
function noise(seed: number): number {
  let z = (seed + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}

const parts = ['Kick', 'Snare', 'Hats', 'Bass', 'Keys', 'Guitar', 'Vocals', 'Strings'] as const;

/** One of eight parts at 120 beats per minute: hits of noise or decaying notes, left and right a little apart. */
function played(part: number, frames: number): Stereo {
  const step = Math.round(sampleRate / (part < 3 ? 4 : 2));
  const audio: Stereo = [new Float32Array(frames), new Float32Array(frames)];
  for (let n = 0; n < frames; n++) {
    const beat = Math.floor(n / step);
    const t = (n % step) / sampleRate;
    const pitch = 55 * 2 ** ((part - 2) / 2 + Math.floor(12 * noise(beat * 8 + part)) / 12);
    const decay = Math.exp(-t * (part < 3 ? 30 : 4));
    for (const channel of [0, 1] as const) {
      const hiss = 2 * noise(n * 16 + part * 2 + channel) - 1;
      const tone = Math.sin(2 * Math.PI * pitch * t + channel * 0.3);
      audio[channel][n] = onGrid(0.12 * decay * (part < 3 ? hiss : tone) + 0.002 * hiss);
    }
  }
  return audio;
}

function dataFolder(): string {
  return process.env['SONIDESK_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
}

/** Frames [from, to) of a file, left and right. */
async function excerpt(path: string, from: number, to: number): Promise<Stereo> {
  const source = await openSource(path);
  const audio: Stereo = [new Float32Array(to - from), new Float32Array(to - from)];
  try {
    if (source.sampleRate !== sampleRate) {
      throw new Error(`${path} has ${source.sampleRate} Hz, the session ${sampleRate} Hz.`);
    }
    let at = from;
    for await (const block of source.blocks(from)) {
      const length = Math.min(block[0]!.length, to - at);
      for (let n = 0; n < length; n++) {
        audio[0][at + n - from] = onGrid(block[0]![n]!);
        audio[1][at + n - from] = onGrid((block[1] ?? block[0]!)[n]!);
      }
      at += length;
      if (at >= to) return audio;
    }
    throw new Error(`${path} ends before frame ${to}.`);
  } finally {
    await source.close();
  }
}

/** A song of the project's data where eight of its stems sound at once, at the session's rate. */
const song = {
  name: '6.Caesium',
  from: 190 * sampleRate,
  stems: [
    'KICK',
    'ALT_HATS',
    'BGVOX_MAIN',
    'BGVOX_ALT',
    'BGVOX_ECHO',
    'BGVOX_HARMONY',
    'BGVOX_HIGH',
    'MICROCOSM_EFFECT',
  ],
} as const;

/** @throws Error when a stem is not as expected: data that is there is used, or the test fails */
async function songTracks(folder: string, frames: number): Promise<Track[]> {
  const tracks: Track[] = [];
  for (const [index, stem] of song.stems.entries()) {
    const file = join(folder, `${stem}.m4a`);
    const audio = await excerpt(file, song.from, song.from + frames);
    if (!audio[0].some((sample) => Math.abs(sample) > 0.02)) throw new Error(`${file} is silent there.`);
    tracks.push({ name: `${index + 1} ${stem}`, audio });
  }
  return tracks;
}

/** Eight tracks of music: stems of a song where the project's data is at hand, else eight parts made here. Says which. */
export async function eightTracks(seconds: number): Promise<readonly Track[]> {
  const frames = seconds * sampleRate;
  const folder = join(dataFolder(), 'eir', song.name);
  if (existsSync(folder)) {
    console.log(`test:daw plays ${song.stems.length} stems of ${song.name}: ${song.stems.join(', ')}`);
    return songTracks(folder, frames);
  }
  console.log(
    `test:daw plays parts made here: ${folder} is not on this machine (SONIDESK_DATA names another)`,
  );
  return parts.map((name, part) => ({ name, audio: played(part, frames) }));
}

/** A piece again and again, at another level each time so that no two places are alike. */
export function repeated(piece: Stereo, frames: number): Stereo {
  const length = piece[0].length;
  const long = (channel: Float32Array) =>
    Float32Array.from({ length: frames }, (_, n) => {
      const turn = Math.floor(n / length);
      return onGrid(channel[n % length]! * (1 - (turn % 61) / 64));
    });
  return [long(piece[0]), long(piece[1])];
}
