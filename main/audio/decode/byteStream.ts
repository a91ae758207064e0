import { open } from 'node:fs/promises';
import { fileError } from '../../platform/fileError.ts';

/** A file read from start to end in pieces. */
export interface ByteStream {
  readonly size: number;
  readonly position: number;
  /** The next piece; `null` at the end. The array is the caller's. */
  next(): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

/** @throws SoniError `not-found` | `denied` */
export async function openByteStream(path: string, pieceBytes: number): Promise<ByteStream> {
  const file = await open(path, 'r').catch((thrown: unknown) => {
    throw fileError(thrown, `open ${path}`);
  });
  const { size } = await file.stat();
  let position = 0;
  return {
    size,
    get position() {
      return position;
    },
    async next() {
      try {
        const bytes = new Uint8Array(pieceBytes);
        const { bytesRead } = await file.read(bytes, 0, pieceBytes, position);
        position += bytesRead;
        return bytesRead === 0 ? null : bytes.subarray(0, bytesRead);
      } catch (thrown) {
        throw fileError(thrown, `read ${path}`);
      }
    },
    close: () => file.close(),
  };
}
