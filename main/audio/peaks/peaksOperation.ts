import { join } from 'node:path';
import type { Operation } from '../../contracts/operations.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { clearPartials } from '../clearPartials.ts';
import { openWav } from '../wav/wavReader.ts';
import { PeaksBuilder } from './peaksBuilder.ts';
import { formatPeaksHeader } from './peaksFormat.ts';

const blockFrames = 1 << 16;

/** The peaks file of a WAV. Keeps no checkpoints: it runs at hundreds of times real time. */
export const peaks: Operation<'peaks'> = async (input, context) => {
  await clearPartials(context.directory);
  const reader = await openWav(input.audio);
  try {
    const builder = new PeaksBuilder(reader.sampleRate, reader.channels, reader.frames);
    for (let done = 0; done < reader.frames; done += blockFrames) {
      context.signal.throwIfAborted();
      builder.process(await reader.read(done, blockFrames));
      context.progress({ done: Math.min(reader.frames, done + blockFrames), total: reader.frames });
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
};
