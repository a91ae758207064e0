import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Planar } from '../../audio/audioStream.ts';
import { partialName } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';

/** Everything that later chunks need to know of the chunks before. */
export interface Checkpoint {
  /** What was being computed; a checkpoint of anything else is not used. */
  readonly identity: string;
  /** The chunk to go on with. */
  readonly next: number;
  /** Wall time of the chunks so far. */
  readonly seconds: number;
  /** The overlap tail: [channel][overlap]. */
  readonly tail: Planar;
}

const header = z.object({
  identity: z.string(),
  next: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
  channels: z.number().int().nonnegative(),
});

/**
 * One line of JSON, padded with spaces to a multiple of 4 bytes, then the tail, channel after channel, as
 * float32. Written beside and renamed, so that a killed process leaves the old one or the new one; not
 * forced to the disk, which can take a second while others write.
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { tail, ...rest } = checkpoint;
  const json = JSON.stringify({ ...rest, channels: tail.length } satisfies z.infer<typeof header>);
  const bytes = Buffer.byteLength(json) + 1;
  const line = Buffer.from(`${json}${' '.repeat((4 - (bytes % 4)) % 4)}\n`);
  const planes = tail.map((plane) => Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength));
  const partial = partialName(path);
  try {
    await writeFile(partial, Buffer.concat([line, ...planes]));
    await rename(partial, path);
  } catch (thrown) {
    throw fileError(thrown, `write the checkpoint ${path}`);
  }
}

/** @returns `null` when there is none, or it belongs to other work or is damaged: the work then starts from the beginning. */
export async function loadCheckpoint(path: string, identity: string): Promise<Checkpoint | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return null;
  }
  const end = bytes.indexOf('\n') + 1;
  const parsed = header.safeParse(parseJson(bytes.toString('utf8', 0, end)));
  if (!parsed.success || parsed.data.identity !== identity) return null;
  const { channels, ...rest } = parsed.data;
  const samples = new Float32Array(new Uint8Array(bytes.subarray(end)).buffer);
  const overlap = channels === 0 ? 0 : samples.length / channels;
  const tail = Array.from({ length: channels }, (_, channel) =>
    samples.subarray(channel * overlap, (channel + 1) * overlap),
  );
  return { ...rest, tail };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
