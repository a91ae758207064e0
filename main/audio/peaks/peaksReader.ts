import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { largestHeader, parsePeaksHeader, valuesPerBin, type PeaksHeader } from './peaksFormat.ts';

export interface PeaksReader extends PeaksHeader {
  /**
   * Bins `start` to `start + count` of a level (see `levelFor`), clipped to its end.
   * @returns [bins][channels][3]: minimum, maximum, RMS
   */
  read(level: number, start: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @throws SoniError `not-found` | `corrupt` | `newer-format` */
export async function openPeaks(path: string): Promise<PeaksReader> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const handle = file;
    const start = new Uint8Array(largestHeader);
    const { bytesRead } = await handle.read(start, 0, start.length, 0);
    const header = parsePeaksHeader(start.subarray(0, bytesRead));
    return {
      ...header,
      async read(index, from, count) {
        const level = header.levels[index];
        if (level === undefined) throw new SoniError('internal', `There is no level ${index} of peaks.`);
        const first = Math.min(level.bins, Math.max(0, from));
        const bins = Math.max(0, Math.min(count, level.bins - first));
        const perBin = header.channels * valuesPerBin;
        const values = new Float32Array(bins * perBin);
        const bytes = new Uint8Array(values.buffer);
        const got = await handle.read(bytes, 0, bytes.length, level.position + first * perBin * 4);
        if (got.bytesRead < bytes.length) {
          throw new SoniError('corrupt', `${path} is cut off; it can be computed again.`);
        }
        return values;
      },
      close: () => handle.close(),
    };
  } catch (thrown) {
    await file?.close();
    throw fileError(thrown, `open ${path}`);
  }
}
