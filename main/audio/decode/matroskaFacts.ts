import { open, type FileHandle } from 'node:fs/promises';
import { fileError } from '../../platform/fileError.ts';

/** Element ids of RFC 9559 that lead to the end of the audio. */
const ids = { segment: 0x18538067, cluster: 0x1f43b675, blockGroup: 0xa0, discardPadding: 0x75a2 };
/** A cluster larger than this is not looked into: writers begin a new one every few seconds or 5 MB. */
const largestCluster = 64 * 2 ** 20;

interface Element {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** An EBML variable-length number (RFC 8794, 4); `null` when it is cut off, Infinity for "unknown size". */
function variableNumber(
  bytes: Buffer,
  at: number,
  keepMarker: boolean,
): { value: number; length: number } | null {
  const first = bytes[at];
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return null;
  let value = keepMarker ? first : first & (0xff >> length);
  let ones = value === 0xff >> length;
  for (let n = 1; n < length; n++) {
    value = value * 256 + bytes[at + n]!;
    ones &&= bytes[at + n] === 0xff;
  }
  return { value: ones && !keepMarker ? Infinity : value, length };
}

function elementAt(head: Buffer, at: number, start: number, limit: number): Element | null {
  const id = variableNumber(head, at, true);
  const size = id && variableNumber(head, at + id.length, false);
  if (id === null || size === null) return null;
  const content = start + id.length + size.length;
  return { id: id.value, start: content, end: Math.min(limit, content + size.value) };
}

function* elements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes, at, at, bytes.length);
    if (element === null) return;
    yield element;
    at = element.end;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

/** The last cluster of a file, by skipping over all that stands before it. */
async function lastCluster(file: FileHandle, fileBytes: number): Promise<Element | null> {
  let last: Element | null = null;
  for (let at = 0; at < fileBytes;) {
    const element = elementAt(await readAt(file, at, 12), 0, at, fileBytes);
    if (element === null) break;
    if (element.id === ids.cluster) last = element;
    at = element.id === ids.segment ? element.start : element.end;
  }
  return last;
}

/**
 * Nanoseconds that an encoder has added to fill the last packet (`DiscardPadding`), which the demuxer does not
 * tell; 0 when the file says nothing. For files of one track.
 */
export async function discardedAtEnd(path: string): Promise<number> {
  try {
    const file = await open(path, 'r');
    try {
      const cluster = await lastCluster(file, (await file.stat()).size);
      if (cluster === null || cluster.end - cluster.start > largestCluster) return 0;
      const bytes = await readAt(file, cluster.start, cluster.end - cluster.start);
      const group = [...elements(bytes)].findLast(({ id }) => id === ids.blockGroup);
      if (group === undefined) return 0;
      const inGroup = bytes.subarray(group.start, group.end);
      const padding = [...elements(inGroup)].find(({ id }) => id === ids.discardPadding);
      if (padding === undefined || padding.end === padding.start) return 0;
      const bits = BigInt(8 * (padding.end - padding.start));
      const value = BigInt(`0x${inGroup.toString('hex', padding.start, padding.end)}`);
      return Math.max(0, Number(BigInt.asIntN(Number(bits), value)));
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw fileError(thrown, `open ${path}`);
  }
}
