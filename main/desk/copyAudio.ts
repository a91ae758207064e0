import type { ExportWish } from '../contracts/desk.ts';
import type { AudioReader, AudioWriter } from '../audio/audioStream.ts';
import { createFlac } from '../audio/flac/flacWriter.ts';
import { openWav } from '../audio/wav/wavReader.ts';
import { createWav } from '../audio/wav/wavWriter.ts';

type Encoding = ExportWish['encoding'];

export const exportEnding = (encoding: Encoding): string => (encoding === 'flac' ? 'flac' : 'wav');

interface CopyOptions {
  readonly encoding: Encoding;
  /** What the file calls itself. */
  readonly title: string;
  readonly signal: AbortSignal;
  /** 0 to 1. */
  onProgress(fraction: number): void;
}

/** 5 s at 48 kHz. */
const blockFrames = 240_000;

/**
 * A stem as a file for the user: the same rate, length and place in the session.
 * @returns its highest sample in dBFS
 * @throws SoniError; nothing is left under `to` then
 */
export async function copyAudio(from: string, to: string, options: CopyOptions): Promise<{ peakDb: number }> {
  const reader = await openWav(from);
  try {
    const writer = await writerFor(to, options, reader, reader.timeReference);
    let peak = 0;
    try {
      for (let done = 0; done < reader.frames; done += blockFrames) {
        options.signal.throwIfAborted();
        const planes = await reader.read(done, blockFrames);
        for (const plane of planes) for (const sample of plane) peak = Math.max(peak, Math.abs(sample));
        await writer.write(planes);
        options.onProgress(Math.min(1, (done + blockFrames) / reader.frames));
      }
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
    return { peakDb: 20 * Math.log10(peak) };
  } finally {
    await reader.close();
  }
}

function writerFor(
  to: string,
  { encoding, title }: CopyOptions,
  { sampleRate, channels, frames }: AudioReader,
  timeReference: number | null,
): Promise<AudioWriter> {
  if (encoding === 'flac') return createFlac(to, { sampleRate, channels, frames, timeReference, title });
  // With a description it is a Broadcast Wave, also where the time reference is the start.
  return createWav(to, { sampleRate, channels, encoding, timeReference, description: title });
}
