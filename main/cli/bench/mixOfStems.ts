import { openWav } from '../../audio/wav/wavReader.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';

const block = 1 << 16;

/** Writes the sum of WAV files of equal rate and channels as float, as long as the longest. */
export async function mixOfStems(stems: readonly string[], output: string): Promise<{ seconds: number }> {
  const readers = await Promise.all(stems.map(openWav));
  try {
    const { sampleRate, channels } = readers[0]!;
    const frames = Math.max(...readers.map((reader) => reader.frames));
    const writer = await createWav(output, { sampleRate, channels, encoding: 'float32' });
    try {
      for (let start = 0; start < frames; start += block) {
        const sum = Array.from({ length: channels }, () => new Float32Array(Math.min(block, frames - start)));
        for (const reader of readers) {
          const audio = await reader.read(start, block);
          sum.forEach((channel, c) => audio[c]?.forEach((value, i) => (channel[i]! += value)));
        }
        await writer.write(sum);
      }
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
    return { seconds: frames / sampleRate };
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
