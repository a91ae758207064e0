import { resolve } from 'node:path';
import type { CompRegion } from '../../../main/contracts/session.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { exportAudio, type ExportedFile } from './exportAudio.ts';

/**
 * Writes what has been recorded so far, each track's comp as one file. A pre-roll before host frame 0 is left out: the
 * files start on the timeline. Tracks without audio give none.
 * @throws SoniError `not-found` of a named track | `no-space` | `denied`
 */
export async function exportComps(
  server: BridgeServer,
  tracks: readonly string[] | null,
  directory: string,
): Promise<ExportedFile[]> {
  const wanted = tracks === null ? server.book.list() : tracks.map((name) => server.book.find(name));
  const files: ExportedFile[] = [];
  for (const { id, name } of wanted) {
    await server.source(id)?.recorder?.settled();
    const takes = server.takes(id);
    const regions = server.comp(id).flatMap(fromZero);
    if (regions.length === 0) continue;
    files.push(
      await exportAudio(
        { trackId: id, name, takes, regions },
        server.session.audioDirectory,
        resolve(directory),
      ),
    );
  }
  return files;
}

function fromZero(region: CompRegion): CompRegion[] {
  const before = Math.max(0, 0 - region.hostStart);
  if (before >= region.frames) return [];
  return [
    {
      ...region,
      hostStart: region.hostStart + before,
      takeStart: region.takeStart + before,
      frames: region.frames - before,
    },
  ];
}
