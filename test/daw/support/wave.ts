import { openWav } from '../../../main/audio/wav/wavReader.ts';
import { createWav } from '../../../main/audio/wav/wavWriter.ts';

/** Left and right, equally long. */
export type Stereo = readonly [Float32Array, Float32Array];

export async function writeWave(path: string, audio: Stereo, sampleRate: number): Promise<void> {
  const writer = await createWav(path, { sampleRate, channels: 2, encoding: 'float32' });
  await writer.write(audio);
  await writer.close();
}

export interface Wave {
  readonly audio: Stereo;
  readonly sampleRate: number;
  /** Position on the host timeline in frames; 0 when the file has none. */
  readonly start: number;
}

/** All of a stereo file; a mono one stands on both sides. */
export async function readWave(path: string): Promise<Wave> {
  const reader = await openWav(path);
  try {
    const planes = await reader.read(0, reader.frames);
    const left = planes[0] ?? new Float32Array(0);
    return {
      audio: [left, planes[1] ?? left],
      sampleRate: reader.sampleRate,
      start: reader.timeReference ?? 0,
    };
  } finally {
    await reader.close();
  }
}

/** `audio` over [from, to) of its timeline, on which it starts at `start`; silence outside of it. */
export function cut(audio: Stereo, start: number, from: number, to: number): Stereo {
  const piece = (plane: Float32Array) => {
    const result = new Float32Array(to - from);
    const first = Math.max(from, start);
    const last = Math.min(to, start + plane.length);
    if (last > first) result.set(plane.subarray(first - start, last - start), first - from);
    return result;
  };
  return [piece(audio[0]), piece(audio[1])];
}

/** Sample by sample in float32, in the order given, as a mixer adds. */
export function sum(parts: readonly Stereo[]): Stereo {
  const frames = Math.max(0, ...parts.map(([left]) => left.length));
  const total: Stereo = [new Float32Array(frames), new Float32Array(frames)];
  for (const part of parts) {
    for (const channel of [0, 1] as const) {
      const into = total[channel];
      part[channel].forEach((sample, n) => (into[n] = into[n]! + sample));
    }
  }
  return total;
}

export interface Difference {
  readonly length: boolean;
  readonly count: number;
  /** Frame of the first sample that differs; -1 for none. */
  readonly first: number;
  readonly largest: number;
}

/** How two pieces of audio differ; `same` for not at all, bit for bit but for the sign of zero. */
export function difference(got: Stereo, wanted: Stereo): Difference | 'same' {
  let count = 0;
  let first = -1;
  let largest = 0;
  for (const channel of [0, 1] as const) {
    const [a, b] = [got[channel], wanted[channel]];
    for (let n = 0; n < Math.min(a.length, b.length); n++) {
      if (a[n] === b[n]) continue;
      count++;
      if (first < 0 || n < first) first = n;
      largest = Math.max(largest, Math.abs(a[n]! - b[n]!));
    }
  }
  const length = got[0].length !== wanted[0].length;
  return count === 0 && !length ? 'same' : { length, count, first, largest };
}

export function largestDifference(got: Stereo, wanted: Stereo): number {
  const found = difference(got, wanted);
  return found === 'same' ? 0 : found.largest;
}
