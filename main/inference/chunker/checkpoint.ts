import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Planar } from '../../audio/audioStream.ts';
import { partialName } from '../../platform/atomicFile.ts';
import { fileError } from '../../platform/fileError.ts';

/** What a sink needs to go on: a few numbers, and samples that are not in its files yet. */
export interface SinkState {
  readonly numbers: Readonly<Record<string, number>>;
  readonly planes: Planar;
}

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
  readonly sink: SinkState;
}

const length = z.number().int().nonnegative();
const header = z.object({
  identity: z.string(),
  next: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
  numbers: z.record(z.string(), z.number()),
  /** Frames of each plane that follows. */
  tail: z.array(length),
  sink: z.array(length),
});

/**
 * One line of JSON, padded with spaces to a multiple of 4 bytes, then the planes of the tail and of the sink,
 * one after the other, as float32. Written beside and renamed, so that a killed process leaves the old one or
 * the new one; not forced to the disk, which can take a second while others write.
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { tail, sink, ...rest } = checkpoint;
  const lengths = (planes: Planar) => planes.map((plane) => plane.length);
  const json = JSON.stringify({
    ...rest,
    numbers: sink.numbers,
    tail: lengths(tail),
    sink: lengths(sink.planes),
  } satisfies z.infer<typeof header>);
  const bytes = Buffer.byteLength(json) + 1;
  const line = Buffer.from(`${json}${' '.repeat((4 - (bytes % 4)) % 4)}\n`);
  const planes = [...tail, ...sink.planes].map((plane) =>
    Buffer.from(plane.buffer, plane.byteOffset, plane.byteLength),
  );
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
  const { numbers, tail, sink, ...rest } = parsed.data;
  const samples = new Float32Array(new Uint8Array(bytes.subarray(end)).buffer);
  if (samples.length !== [...tail, ...sink].reduce((sum, frames) => sum + frames, 0)) return null;
  let at = 0;
  const next = (frames: number) => samples.slice(at, (at += frames));
  return { ...rest, tail: tail.map(next), sink: { numbers, planes: sink.map(next) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
