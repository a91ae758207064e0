import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { resumable, type State } from '../../platform/checkpoint.ts';
import { growWav } from '../wav/wavWriter.ts';
import { openSource } from './openSource.ts';
import { SampleGuard } from './sampleGuard.ts';

/**
 * Any supported file as float32 WAV, at its own rate, channels and exact length. What was found wrong and
 * mended is said in progress notes. Goes on where it was cut short: WAV and AIFF at that very place, the other
 * formats by decoding up to it once more (their decoders cannot be put back into a state).
 */
export const decode: Operation<'decode'> = (input, context) =>
  resumable(context.directory, ['decode', input], async (checkpoint) => {
    const source = await openSource(input.source);
    try {
      const { sampleRate, channels, channelMask, timeReference } = source;
      const guard = new SampleGuard(input.source, sampleRate);
      let frames = 0;
      const state: State = (archive) => {
        frames = archive.pass(frames);
        guard.state(archive);
      };
      checkpoint.restore(state);
      const writer = await growWav(
        join(context.directory, 'audio.wav'),
        { sampleRate, channels, encoding: 'float32', timeReference, channelMask },
        frames,
      );
      try {
        for await (const block of source.blocks(frames)) {
          context.signal.throwIfAborted();
          guard.clean(block);
          await writer.write(block);
          frames = writer.framesWritten;
          await checkpoint.tick(state, () => writer.flush());
          context.progress(source.progress());
        }
        const verdict = guard.verdict();
        for (const note of [...source.warnings, ...(verdict === null ? [] : [verdict])]) {
          context.progress({ ...source.progress(), note });
        }
        await writer.close();
      } finally {
        await writer.suspend();
      }
      return { audio: 'audio.wav', sampleRate, channels, frames, format: source.format, timeReference };
    } finally {
      await source.close();
    }
  });
