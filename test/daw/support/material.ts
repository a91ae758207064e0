import { readdir } from 'node:fs/promises';
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
async function excerpt(path: string, from: number, to: number): Promise<Stereo | null> {
  const source = await openSource(path);
  const audio: Stereo = [new Float32Array(to - from), new Float32Array(to - from)];
  try {
    if (source.sampleRate !== sampleRate) return null;
    let at = 0;
    for await (const block of source.blocks()) {
      const length = block[0]!.length;
      for (let n = Math.max(0, from - at); n < length && at + n < to; n++) {
        audio[0][at + n - from] = onGrid(block[0]![n]!);
        audio[1][at + n - from] = onGrid((block[1] ?? block[0]!)[n]!);
      }
      at += length;
      if (at >= to) break;
    }
    return audio;
  } finally {
    await source.close();
  }
}

const byName = (a: string, b: string) => (a < b ? -1 : 1);

const songs = ['6.Caesium', '3.Sodium'];
/** Past the intros. */
const songStart = 40 * sampleRate;

/** Eight stems of real songs that sound there, `null` where the data is not on this machine. */
async function realTracks(frames: number): Promise<Track[] | null> {
  const tracks: Track[] = [];
  for (const song of songs) {
    const folder = join(dataFolder(), 'eir', song);
    for (const file of (await readdir(folder).catch(() => [])).sort(byName)) {
      const audio = await excerpt(join(folder, file), songStart, songStart + frames);
      if (!audio?.[0].some((sample) => Math.abs(sample) > 0.02)) continue;
      tracks.push({ name: `${tracks.length + 1} ${file.replace(/\..*$/, '')}`, audio });
      if (tracks.length === 8) return tracks;
    }
  }
  return null;
}

/** Eight tracks of music: real stems where the project's data is at hand, else eight parts made here. */
export async function eightTracks(seconds: number): Promise<readonly Track[]> {
  const frames = seconds * sampleRate;
  return (await realTracks(frames)) ?? parts.map((name, part) => ({ name, audio: played(part, frames) }));
}
