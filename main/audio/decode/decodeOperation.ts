import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { clearPartials } from '../clearPartials.ts';
import { createWav } from '../wav/wavWriter.ts';
import { openSource } from './openSource.ts';
import { SampleGuard } from './sampleGuard.ts';

/**
 * Any supported file as float32 WAV, at its own rate, channels and exact length. What was found wrong and
 * mended is said in progress notes. Keeps no checkpoints: it runs at many times real time.
 */
export const decode: Operation<'decode'> = async (input, context) => {
  await clearPartials(context.directory);
  const source = await openSource(input.source);
  try {
    const { sampleRate, channels, channelMask, timeReference } = source;
    const writer = await createWav(join(context.directory, 'audio.wav'), {
      sampleRate,
      channels,
      encoding: 'float32',
      timeReference,
      channelMask,
    });
    try {
      const guard = new SampleGuard(input.source, sampleRate);
      for await (const block of source.blocks()) {
        context.signal.throwIfAborted();
        guard.clean(block);
        await writer.write(block);
        context.progress(source.progress());
      }
      const verdict = guard.verdict();
      for (const note of [...source.warnings, ...(verdict === null ? [] : [verdict])]) {
        context.progress({ ...source.progress(), note });
      }
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
    return {
      audio: 'audio.wav',
      sampleRate,
      channels,
      frames: writer.framesWritten,
      format: source.format,
      timeReference,
    };
  } finally {
    await source.close();
  }
};
