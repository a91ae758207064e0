import type { Planar } from '../audioStream.ts';

/** Blocks without the first `from` frames of them all; empty ones for those that lie wholly before. */
export async function* afterFrame(blocks: AsyncIterable<Planar>, from: number): AsyncGenerator<Planar> {
  let left = from;
  for await (const block of blocks) {
    const drop = Math.min(left, block[0]?.length ?? 0);
    left -= drop;
    yield drop === 0 ? block : block.map((plane) => plane.subarray(drop));
  }
}
