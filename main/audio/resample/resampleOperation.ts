import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { resumable, type State } from '../../platform/checkpoint.ts';
import { openWav } from '../wav/wavReader.ts';
import { growWav } from '../wav/wavWriter.ts';
import { foldChannels } from './foldChannels.ts';
import { Resampler, resampledLength } from './resampler.ts';

const blockFrames = 1 << 16;

/** A WAV at the rate and channel count that a model wants, as float32. Goes on where it was cut short. */
export const resample: Operation<'resample'> = (input, context) =>
  resumable(context.directory, ['resample', input], async (checkpoint) => {
    const reader = await openWav(input.audio);
    try {
      const total = reader.frames;
      const { sampleRate, channels } = input;
      const resampler = new Resampler(reader.sampleRate, sampleRate, channels);
      let read = 0;
      let written = 0;
      const state: State = (archive) => {
        read = archive.pass(read);
        written = archive.pass(written);
        resampler.state(archive);
      };
      checkpoint.restore(state);
      const path = join(context.directory, 'audio.wav');
      const writer = await growWav(path, { sampleRate, channels, encoding: 'float32' }, written);
      try {
        while (read < total) {
          context.signal.throwIfAborted();
          const block = await reader.read(read, blockFrames);
          await writer.write(resampler.process(foldChannels(block, channels)));
          read += block[0]!.length;
          written = writer.framesWritten;
          await checkpoint.tick(state, () => writer.flush());
          context.progress({ done: read, total });
        }
        await writer.write(resampler.finish());
        await writer.close();
      } finally {
        await writer.suspend();
      }
      const frames = resampledLength(total, reader.sampleRate, sampleRate);
      return { audio: 'audio.wav', sampleRate, channels, frames };
    } finally {
      await reader.close();
    }
  });
