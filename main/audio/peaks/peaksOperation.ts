import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { resumable, type State } from '../../platform/checkpoint.ts';
import { clearPartials } from '../clearPartials.ts';
import { openWav } from '../wav/wavReader.ts';
import { PeaksBuilder } from './peaksBuilder.ts';
import { formatPeaksHeader } from './peaksFormat.ts';

const blockFrames = 1 << 16;

/** The peaks file of a WAV. Goes on where it was cut short. */
export const peaks: Operation<'peaks'> = (input, context) =>
  resumable(context.directory, ['peaks', input], async (checkpoint) => {
    await clearPartials(context.directory);
    const reader = await openWav(input.audio);
    try {
      const builder = new PeaksBuilder(reader.sampleRate, reader.channels, reader.frames);
      let done = 0;
      const state: State = (archive) => {
        done = archive.pass(done);
        builder.state(archive);
      };
      checkpoint.restore(state);
      while (done < reader.frames) {
        context.signal.throwIfAborted();
        const block = await reader.read(done, blockFrames);
        builder.process(block);
        done += block[0]!.length;
        await checkpoint.tick(state);
        context.progress({ done, total: reader.frames });
      }
      const coarsestFirst = builder.finish().toReversed();
      await writeFileAtomic(
        join(context.directory, 'peaks.bin'),
        Buffer.concat([
          formatPeaksHeader(builder.header),
          ...coarsestFirst.map((bins) => Buffer.from(bins.buffer, bins.byteOffset, bins.byteLength)),
        ]),
      );
      return { peaks: 'peaks.bin', levels: builder.header.levels.length };
    } finally {
      await reader.close();
    }
  });
