import { readFileSync } from 'node:fs';
import { emptyActivations, type Activations, type ActivationSource } from './activations.ts';
import { strongestBins } from './pitchBends.ts';
import type { FrameLayout } from './basicPitchFrames.ts';

/** What test/golden/basic-pitch/make_golden.py wrote, and the same formulas again. For tests. */
export type GoldenNote = [start: number, end: number, pitch: number, amplitude: number, bends?: number[]];
interface Options {
  readonly onsetThreshold: number;
  readonly frameThreshold: number;
  readonly minFrames: number;
  readonly minHz: number | null;
  readonly maxHz: number | null;
}
export interface Golden {
  readonly decoding: readonly { seed: number; frames: number; options: Options; notes: GoldenNote[] }[];
  readonly clip: { sumOfSquares: number; frames: number; options: Options; notes: GoldenNote[] };
}

export const readGolden = (): Golden =>
  JSON.parse(
    readFileSync(new URL('../../../test/golden/basic-pitch/golden.json', import.meta.url), 'utf8'),
  ) as Golden;

/** Numerical Recipes' 32-bit generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

const pitches = 88;

/** `activations` of make_golden.py. */
export function goldenActivations(layout: FrameLayout, seed: number, frames: number): ActivationSource {
  const next = random(seed);
  const { notes, onsets, bends } = emptyActivations(frames, pitches);
  const contour = new Float32Array(frames * 3 * pitches);
  for (let frame = 0; frame < frames; frame++) {
    for (let pitch = 0; pitch < pitches; pitch++) {
      notes[frame * pitches + pitch] = 0.28 * next();
      onsets[frame * pitches + pitch] = 0.3 * next();
    }
    for (let bin = 0; bin < 3 * pitches; bin++) contour[frame * 3 * pitches + bin] = 0.2 * next();
  }
  for (let i = 0; i < Math.floor(frames / 8); i++) {
    const pitch = 1 + Math.floor(next() * (pitches - 2));
    const start = Math.floor(next() * (frames - 4));
    const length = 6 + Math.floor(next() * 60);
    const level = 0.32 + 0.6 * next();
    const attack = next();
    const bend = Math.floor(next() * 5) - 2;
    const dip = start + Math.floor(next() * length);
    const dipLength = Math.floor(next() * 14);
    const first = start * pitches + pitch;
    onsets[first] = Math.max(onsets[first]!, attack);
    for (let frame = start; frame < Math.min(frames, start + length); frame++) {
      const dipped = dip <= frame && frame < dip + dipLength;
      const sounding = dipped ? 0.1 : level * (0.8 + 0.2 * next());
      const at = frame * pitches + pitch;
      notes[at] = sounding;
      notes[at + 1] = Math.max(notes[at + 1]!, 0.6 * sounding);
      contour[frame * 3 * pitches + Math.min(3 * pitches - 1, Math.max(0, 3 * pitch + bend))] = sounding;
    }
  }
  for (let frame = 0; frame < frames; frame++) {
    strongestBins(
      layout,
      contour.subarray(frame * 3 * pitches, (frame + 1) * 3 * pitches),
      bends.subarray(frame * pitches, (frame + 1) * pitches),
    );
  }
  return inMemory({ frames, notes, onsets, bends });
}

export function inMemory({ frames, notes, onsets, bends }: Activations): ActivationSource {
  const cut = <Data extends Float32Array | Int8Array>(data: Data, start: number, end: number) =>
    data.slice(start * pitches, end * pitches) as Data;
  return {
    frames,
    pitches,
    read: (start, count) => {
      const end = Math.min(frames, start + count);
      return Promise.resolve({
        frames: end - start,
        notes: cut(notes, start, end),
        onsets: cut(onsets, start, end),
        bends: cut(bends, start, end),
      });
    },
  };
}

/** `clip` of make_golden.py: ten seconds of plucked notes, mono at 22,050 Hz. */
export function goldenClip(): Float32Array {
  const next = random(7);
  const rate = 22050;
  const audio = new Float64Array(10 * rate);
  for (let start = 0.1; start < 9;) {
    const chord = 1 + Math.floor(next() * 3);
    for (let voice = 0; voice < chord; voice++) {
      const frequency = 440 * 2 ** ((45 + Math.floor(next() * 36) - 69) / 12);
      const first = Math.floor(start * rate);
      const count = Math.min(audio.length - first, Math.floor((0.3 + next()) * rate));
      for (let i = 0; i < count; i++) {
        const time = i / rate;
        const envelope =
          0.12 * Math.min(1, time / 0.004) * Math.exp(-3 * time) * Math.min(1, (count - i) / 200);
        for (let harmonic = 1; harmonic < 6; harmonic++) {
          const phase = 2 * Math.PI * frequency * harmonic * time;
          audio[first + i]! += (envelope * Math.sin(phase)) / harmonic;
        }
      }
    }
    start += 0.2 + 0.5 * next();
  }
  return Float32Array.from(audio);
}
