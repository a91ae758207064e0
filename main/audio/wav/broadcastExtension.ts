/**
 * The `bext` chunk of a Broadcast Wave file (EBU Tech 3285 v2), as far as a music session needs it:
 * where the recording stands on the timeline and who made it.
 */
export interface BroadcastExtension {
  /** Sample frames since midnight, or since the start of the session's timeline. */
  readonly timeReference: number;
  /** At most 256 ASCII characters. */
  readonly description: string;
  /** At most 32 ASCII characters. */
  readonly originator: string;
  /** yyyy-mm-dd, or empty. */
  readonly originationDate: string;
  /** hh:mm:ss, or empty. */
  readonly originationTime: string;
}

/** Bytes of the fixed part, before the coding history. */
export const broadcastExtensionBytes = 602;

const fields = {
  description: [0, 256],
  originator: [256, 32],
  originationDate: [320, 10],
  originationTime: [330, 8],
} as const;
const timeReferenceAt = 338;
const versionAt = 346;

/** @returns `null` when the chunk is too short to hold a time reference, or that is no exact number. */
export function parseBroadcastExtension(chunk: Buffer): BroadcastExtension | null {
  if (chunk.length < versionAt) return null;
  const text = ([start, length]: readonly [number, number]) => {
    const value = chunk.toString('latin1', start, start + length);
    const end = value.indexOf('\0');
    return (end < 0 ? value : value.slice(0, end)).trim();
  };
  const timeReference = Number(chunk.readBigUInt64LE(timeReferenceAt));
  if (!Number.isSafeInteger(timeReference)) return null;
  return {
    timeReference,
    description: text(fields.description),
    originator: text(fields.originator),
    originationDate: text(fields.originationDate),
    originationTime: text(fields.originationTime),
  };
}

/** The chunk's content. Characters outside ASCII become `?`, too long texts are cut, as the standard wants. */
export function formatBroadcastExtension(extension: BroadcastExtension): Buffer {
  const chunk = Buffer.alloc(broadcastExtensionBytes);
  for (const name of Object.keys(fields) as (keyof typeof fields)[]) {
    const [start, length] = fields[name];
    chunk.write(extension[name].replaceAll(/[^\x20-\x7e]/gu, '?').slice(0, length), start, 'latin1');
  }
  chunk.writeBigUInt64LE(BigInt(extension.timeReference), timeReferenceAt);
  chunk.writeUInt16LE(1, versionAt);
  return chunk;
}
