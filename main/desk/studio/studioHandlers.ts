import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { DeskNote } from '../../contracts/desk.ts';
import { SoniError } from '../../contracts/errors.ts';
import { studioMethods, studioTopics } from '../../contracts/studio.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import type { Handlers } from '../../rpc/serve.ts';
import { exportComps } from '../../../plugin-bridge/server/capture/exportComps.ts';
import { listenTo } from '../../../plugin-bridge/server/returns/giveBack.ts';
import type { SongRecord } from '../songRecord.ts';
import { chooseTake } from './chooseTake.ts';
import { giveBack, takeBack } from './giveBack.ts';
import type { Studio } from './studio.ts';

/** Of a song that was captured from tracks of the DAW. */
export interface Captured {
  readonly title: string;
  readonly origin: SongRecord['origin'];
}

interface StudioDesk {
  readonly studio: Studio;
  /** Where copies of what was captured are put, to be worked on. */
  readonly captures: string;
  openSong(paths: readonly string[], captured: Captured): Promise<string>;
  song(songId: string): SongRecord;
  folderOf(songId: string): string;
  notesOf(songId: string): Promise<DeskNote[]>;
}

const contract = { methods: studioMethods, topics: { pulse: studioTopics.pulse } };

/** What a window asks of the DAW's session. */
export const studioHandlers = (desk: StudioDesk): Handlers<typeof contract> => {
  const { studio } = desk;
  return {
    editTrack({ track, name, colour }) {
      const { server } = studio;
      const { id } = server.book.find(track);
      server.changeTrack(id, {
        ...(name !== undefined && { name }),
        ...(colour !== undefined && { colour }),
      });
      return null;
    },
    async chooseTake(wish) {
      await chooseTake(studio.server, wish);
      return null;
    },
    undoComp() {
      studio.server.changeChoices('undo');
      return null;
    },
    redoComp() {
      studio.server.changeChoices('redo');
      return null;
    },
    async setMarkers({ markers }) {
      await studio.markers.set(markers);
      studio.changed.tell();
      return null;
    },
    async openTracks({ tracks }) {
      const { server } = studio;
      const folder = join(desk.captures, randomUUID());
      await makeFolder(folder);
      const files = await exportComps(server, tracks, folder);
      if (files.length === 0) {
        throw new SoniError(
          'not-found',
          'Nothing has been captured of these tracks yet. Play the session in your DAW once.',
        );
      }
      return await desk.openSong(
        files.map(({ file }) => file),
        {
          title: titleOf(files.map(({ name }) => name)),
          origin: {
            tracks: files.map(({ track }) => track),
            startFrame: Math.min(...files.map(({ hostStart }) => hostStart)),
            sampleRate: files[0]!.sampleRate,
          },
        },
      );
    },
    async giveBack(wish) {
      const song = desk.song(wish.songId);
      const given = await giveBack({
        server: studio.server,
        song,
        notes: song.noteCount === null ? [] : await desk.notesOf(wish.songId),
        folder: desk.folderOf(wish.songId),
        wish,
      });
      studio.changed.tell();
      return given;
    },
    async takeBack({ track }) {
      await takeBack(studio.server, track);
      studio.changed.tell();
      return null;
    },
    hearTrack: (input) => listenTo(studio.server, input),
    pulse: ({ emit, signal }) => studio.listen(emit, signal),
  };
};

const titleOf = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} …` : names.join(', ');
