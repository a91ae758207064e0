import type { Medium } from '../../main/contracts/desk.ts';
import { mediumUrl } from '../connection.ts';
import { deinterleave } from './deinterleave.ts';

/**
 * Frames of a medium, fetched as a byte range.
 * @returns planar, `medium.channels` planes of `count` frames, fewer at the end
 */
export async function readFrames(
  medium: Medium,
  start: number,
  count: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>[]> {
  const frames = Math.max(0, Math.min(count, medium.frames - start));
  if (frames === 0) return Array.from({ length: medium.channels }, () => new Float32Array(0));
  const frameBytes = 4 * medium.channels;
  const bytes = await readBytes(
    medium.id,
    medium.dataStart + start * frameBytes,
    frames * frameBytes,
    signal,
  );
  return deinterleave(new Float32Array(bytes), medium.channels);
}

/** @throws Error when the medium does not hold the bytes */
export async function readBytes(
  id: string,
  position: number,
  length: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const response = await fetch(mediumUrl(id), {
    headers: { range: `bytes=${position}-${position + length - 1}` },
    ...(signal && { signal }),
  });
  if (response.status !== 206)
    throw new Error(`A medium answered ${response.status}: ${await response.text()}`);
  return await response.arrayBuffer();
}
