import { openSource } from '../../../main/audio/decode/openSource.ts';

interface Samples {
  readonly planes: readonly Float32Array[];
  readonly timeReference: number | null;
}

/** All of a small audio file. */
export async function samplesOf(path: string): Promise<Samples> {
  const source = await openSource(path);
  const pieces: (readonly Float32Array[])[] = [];
  for await (const block of source.blocks()) pieces.push(block);
  await source.close();
  const frames = pieces.reduce((sum, [first]) => sum + first!.length, 0);
  const planes = Array.from({ length: source.channels }, (_, channel) => {
    const plane = new Float32Array(frames);
    let at = 0;
    for (const piece of pieces) {
      plane.set(piece[channel]!, at);
      at += piece[channel]!.length;
    }
    return plane;
  });
  return { planes, timeReference: source.timeReference };
}

/** Between two pieces of audio; infinite when one is longer. */
export function largestDifference(
  planes: readonly Float32Array[],
  expected: readonly ArrayLike<number>[],
): number {
  let worst = planes.length === expected.length ? 0 : Infinity;
  for (const [channel, plane] of planes.entries()) {
    const other = expected[channel] ?? [];
    if (plane.length !== other.length) return Infinity;
    for (let frame = 0; frame < plane.length; frame++) {
      worst = Math.max(worst, Math.abs(plane[frame]! - other[frame]!));
    }
  }
  return worst;
}
