import type { FileHandle } from 'node:fs/promises';

/** Writes all of `bytes` at `position`: one call to the system may write less. Throws what the system says. */
export async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
