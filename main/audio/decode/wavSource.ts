import { openWav } from '../wav/wavReader.ts';
import type { AudioSource } from './audioSource.ts';

const blockFrames = 1 << 16;

export async function openWavSource(path: string): Promise<AudioSource> {
  const reader = await openWav(path);
  let done = 0;
  return {
    format: `${reader.container} ${reader.bitDepth}-bit ${reader.encoding.startsWith('float') ? 'float' : 'integer'}`,
    sampleRate: reader.sampleRate,
    channels: reader.channels,
    channelMask: reader.channelMask,
    timeReference: reader.timeReference,
    warnings: reader.warning === null ? [] : [reader.warning],
    progress: () => ({ done, total: reader.frames }),
    async *blocks(from = 0) {
      done = from;
      while (done < reader.frames) {
        const block = await reader.read(done, blockFrames);
        done += block[0]!.length;
        yield block;
      }
    },
    close: () => reader.close(),
  };
}
