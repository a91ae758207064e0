import { stat } from 'node:fs/promises';
import { createReadStream, type ReadStream } from 'node:fs';
import { fileError } from '../platform/fileError.ts';

/** An answer to a request for a file or a part of it (RFC 9110, section 14). */
export interface RangeAnswer {
  readonly status: 200 | 206 | 416;
  readonly headers: Readonly<Record<string, string>>;
  /** `null` when there is nothing to send. */
  readonly body: () => ReadStream | null;
}

/**
 * A file, or the part that a `Range` header of one range names; of several ranges none is heeded, as the RFC allows.
 * @throws SoniError `not-found` | `denied`
 */
export async function rangeAnswer(path: string, range: string | null): Promise<RangeAnswer> {
  const { size } = await stat(path).catch((thrown: unknown) => {
    throw fileError(thrown, `read ${path}`);
  });
  const shared = { 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const part = parseRange(range, size);
  if (part === 'unsatisfiable') {
    return { status: 416, headers: { ...shared, 'content-range': `bytes */${size}` }, body: () => null };
  }
  const { start, end } = part ?? { start: 0, end: size - 1 };
  const headers = { ...shared, 'content-length': String(end - start + 1) };
  const body = () => (size === 0 ? null : createReadStream(path, { start, end }));
  if (part === null) return { status: 200, headers, body };
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${size}` },
    body,
  };
}

/** First and last byte; `null` for the whole file. */
export function parseRange(
  header: string | null,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return null;
  const [first, last] = [match[1]!, match[2]!];
  if (first === '' && last === '') return null;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size) return 'unsatisfiable';
  return start > end ? null : { start, end };
}
