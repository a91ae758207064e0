import { rename } from 'node:fs/promises';
import { openWav } from '../../../main/audio/wav/wavReader.ts';
import { createWav } from '../../../main/audio/wav/wavWriter.ts';

/** Where the song stands on its session's timeline: half an hour in. */
export const sessionStart = 1800 * 44_100;

/** Gives a song a place in a session, as a DAW's own export has it. */
export async function placeInSession(song: string): Promise<void> {
  const reader = await openWav(song);
  const { sampleRate, channels } = reader;
  const placed = `${song}.placed`;
  const writer = await createWav(placed, {
    sampleRate,
    channels,
    encoding: 'float32',
    timeReference: sessionStart,
  });
  await writer.write(await reader.read(0, reader.frames));
  await writer.close();
  await reader.close();
  await rename(placed, song);
}
