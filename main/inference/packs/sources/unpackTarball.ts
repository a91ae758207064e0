import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { Unpack } from 'tar';
import { SoniError } from '../../../contracts/errors.ts';
import type { PackProgress } from './material.ts';

export interface UnpackOptions {
  readonly archive: string;
  readonly folder: string;
  /** Leading path pieces to drop: npm puts everything in `package/`. */
  readonly strip: number;
  readonly wanted: (path: string) => boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PackProgress) => void;
}

/**
 * Unpacks the wanted regular files of a tar.gz, streaming. Links, devices and paths that lead out of the
 * folder are never written.
 * @throws SoniError `corrupt` for a damaged or truncated archive
 */
export async function unpackTarball(options: UnpackOptions): Promise<void> {
  const { archive, folder, strip, wanted, signal, onProgress } = options;
  await mkdir(folder, { recursive: true });
  const total = (await stat(archive)).size;
  let done = 0;
  const counter = new Transform({
    transform(piece: Buffer, _encoding, next) {
      done += piece.length;
      onProgress({ step: 'unpack', done, total });
      next(null, piece);
    },
  });
  const unpack = new Unpack({
    cwd: folder,
    strip,
    strict: true,
    noMtime: true,
    preserveOwner: false,
    filter: (path, entry) =>
      'type' in entry && entry.type === 'File' && wanted(path.split('/').slice(strip).join('/')),
  });
  try {
    await pipeline(createReadStream(archive, { highWaterMark: 1 << 18 }), counter, unpack, { signal });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoniError(
      'corrupt',
      `The archive ${archive} is damaged or incomplete (${reason}). Delete it and get the pack again.`,
      undefined,
      { cause: thrown },
    );
  }
}
