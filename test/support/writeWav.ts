import { createWav, type WavOptions } from '../../main/audio/wav/wavWriter.ts';

/** Writes planes as a WAV, 48 kHz float32 unless a test wants something else. @returns `path` */
export async function writeWav(
  path: string,
  planes: readonly Float32Array[],
  options: Partial<WavOptions> = {},
): Promise<string> {
  const writer = await createWav(path, {
    sampleRate: 48_000,
    channels: planes.length,
    encoding: 'float32',
    ...options,
  });
  await writer.write(planes);
  await writer.close();
  return path;
}
