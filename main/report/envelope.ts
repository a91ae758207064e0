import { openWav } from '../audio/wav/wavReader.ts';
import type { Seconds } from '../contracts/units.ts';

/** The outline of a piece of audio in `columns` equal steps of time, over all channels. */
export interface Envelope {
  readonly seconds: Seconds;
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly rms: Float32Array;
}

const blockFrames = 1 << 16;

/** Reads a WAV once from start to end, a block at a time. */
export async function envelopeOf(path: string, columns: number): Promise<Envelope> {
  const reader = await openWav(path);
  try {
    const { frames, sampleRate } = reader;
    const low = new Float32Array(columns);
    const high = new Float32Array(columns);
    const power = new Float64Array(columns);
    const counts = new Float64Array(columns);
    for (let start = 0; start < frames; start += blockFrames) {
      const audio = await reader.read(start, blockFrames);
      for (const channel of audio) {
        for (let i = 0; i < channel.length; i++) {
          const column = Math.floor(((start + i) * columns) / frames);
          const value = channel[i]!;
          if (value < low[column]!) low[column] = value;
          if (value > high[column]!) high[column] = value;
          power[column]! += value * value;
          counts[column]!++;
        }
      }
    }
    const rms = Float32Array.from(power, (sum, column) => Math.sqrt(sum / Math.max(1, counts[column]!)));
    return { seconds: frames / sampleRate, low, high, rms };
  } finally {
    await reader.close();
  }
}
