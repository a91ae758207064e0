import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { clearPartials } from '../clearPartials.ts';
import { openWav } from '../wav/wavReader.ts';
import { createWav } from '../wav/wavWriter.ts';
import { foldChannels } from './foldChannels.ts';
import { Resampler, resampledLength } from './resampler.ts';

const blockFrames = 1 << 16;

/**
 * A WAV at the rate and channel count that a model wants, as float32. Keeps no checkpoints: it runs at many
 * times real time, so a killed run starts again.
 */
export const resample: Operation<'resample'> = async (input, context) => {
  const { signal, directory } = context;
  await clearPartials(directory);
  const reader = await openWav(input.audio);
  try {
    const total = reader.frames;
    const resampler = new Resampler(reader.sampleRate, input.sampleRate, input.channels);
    const writer = await createWav(join(directory, 'audio.wav'), {
      sampleRate: input.sampleRate,
      channels: input.channels,
      encoding: 'float32',
    });
    try {
      for (let done = 0; done < total; done += blockFrames) {
        signal.throwIfAborted();
        const block = await reader.read(done, blockFrames);
        await writer.write(resampler.process(foldChannels(block, input.channels)));
        context.progress({ done: Math.min(total, done + blockFrames), total });
      }
      await writer.write(resampler.finish());
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
    return {
      audio: 'audio.wav',
      sampleRate: input.sampleRate,
      channels: input.channels,
      frames: resampledLength(total, reader.sampleRate, input.sampleRate),
    };
  } finally {
    await reader.close();
  }
};
