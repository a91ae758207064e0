import { openWav } from '../../../main/audio/wav/wavReader.ts';

/** The left side of WAV files, added up. */
export async function leftSum(paths: readonly string[]): Promise<Float32Array> {
  const planes = await Promise.all(
    paths.map(async (path) => {
      const reader = await openWav(path);
      const [left] = await reader.read(0, reader.frames);
      await reader.close();
      return left!;
    }),
  );
  const sum = new Float32Array(Math.max(...planes.map(({ length }) => length)));
  for (const plane of planes) plane.forEach((sample, n) => (sum[n] = sum[n]! + sample));
  return sum;
}
