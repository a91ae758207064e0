import type { AudioReader } from '../../audio/audioStream.ts';
import { openWav, type WavReader } from '../../audio/wav/wavReader.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Operation } from '../../contracts/operations.ts';
import { resumable } from '../../platform/checkpoint.ts';
import { StemFiles, blockFrames } from './stemFiles.ts';

/**
 * Some stems of a separation and what remains of the source without them. No model runs: asking for other
 * stems of a song that has been separated is a matter of reading and writing files. Goes on where it was cut short.
 * @throws SoniError `corrupt` when the stems are not those of the source
 */
export const selectStems: Operation<'select-stems'> = (input, context) =>
  resumable(context.directory, ['select-stems', input], async (checkpoint) => {
    const open: AudioReader[] = [];
    const opened = async (path: string): Promise<WavReader> => {
      const reader = await openWav(path);
      open.push(reader);
      return reader;
    };
    try {
      const source = await opened(input.source);
      const stems: WavReader[] = [];
      for (const { audio } of input.stems) stems.push(await opened(audio));
      // A preview holds the beginning only.
      const total = stems[0]!.frames;
      for (const stem of stems) {
        if (stem.frames === total && total <= source.frames && stem.channels === source.channels) continue;
        throw new SoniError(
          'corrupt',
          `Stored stems have ${stem.channels} channels of ${stem.frames} frames, their source ${source.channels} of ${source.frames}. Remove the session's results and run it again.`,
        );
      }
      const files = new StemFiles({
        source,
        range: { start: 0, frames: total },
        plan: { names: input.stems.map(({ stem }) => stem), remainder: input.remainder },
        directory: context.directory,
      });
      checkpoint.restore(files.state);
      try {
        await files.open();
        while (files.next < total) {
          context.signal.throwIfAborted();
          const count = Math.min(blockFrames, total - files.next);
          await files.write(await Promise.all(stems.map((stem) => stem.read(files.next, count))));
          await checkpoint.tick(files.state, () => files.flush());
          context.progress({ done: files.next, total });
        }
        return await files.finish();
      } finally {
        await files.close();
      }
    } finally {
      for (const reader of open) await reader.close();
    }
  });
