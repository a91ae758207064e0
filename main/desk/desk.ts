import { randomUUID } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { desk as contract, type DeskFinding } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import type { Transport } from '../contracts/rpc.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { removePack } from '../inference/packs/removePack.ts';
import { directories } from '../platform/directories.ts';
import { fileError } from '../platform/fileError.ts';
import { serve, type Handlers, type Server } from '../rpc/serve.ts';
import { ArdourMixer } from '../../plugin-bridge/daws/ardour/ardourMixer.ts';
import type { DawMixer } from '../../plugin-bridge/daws/mixer.ts';
import { dragFile, type DragWish } from './dragFile.ts';
import { exportSong } from './exportSong.ts';
import { JobQueue } from './jobQueue.ts';
import type { Listeners } from './listeners.ts';
import { Media } from './media.ts';
import { MixCarrier } from './mixCarrier.ts';
import { MixDesk } from './mixDesk.ts';
import { NoteDesk } from './noteDesk.ts';
import { importPack, installPack, measurePack, packEntries } from './packShelf.ts';
import { PreferencesFile } from './preferencesFile.ts';
import { performSongJob } from './songJob.ts';
import { newSong, songIdOf } from './songRecord.ts';
import { SongShelf } from './songShelf.ts';
import { songsDirectory } from './songsDirectory.ts';
import { giveMix, namesNow } from './studio/giveBack.ts';
import { Studio } from './studio/studio.ts';
import type { StudioBridge } from './studio/studioBridge.ts';
import { studioHandlers, type Captured } from './studio/studioHandlers.ts';

export interface DeskOptions {
  readonly engine: Engine;
  readonly version: string;
  /** What the doctor finds on this machine. */
  checkup(signal: AbortSignal): Promise<readonly DeskFinding[]>;
  /** The plugins of the DAW; why there are none; or none are wanted. */
  readonly bridge?: StudioBridge | SoniError | null;
  /** The DAW's own mixer; by default that of an Ardour on this machine. */
  readonly mixer?: DawMixer;
  /** Where songs and what was made of them are kept; by default beside the installed packs. */
  readonly songsDirectory?: string;
}

/** Songs, jobs and results for any number of windows. */
export interface Desk {
  /** Answers a window until its transport closes; jobs go on without it. */
  serve(transport: Transport): Server;
  /** @throws SoniError `not-found` */
  mediumFile(id: string): string;
  /** Makes the file that a window drags out. @throws SoniError `not-found` */
  dragFile(wish: DragWish, signal: AbortSignal): Promise<string>;
  /** For serving it together with something else. */
  readonly handlers: Handlers<typeof contract>;
  /** Where files that a browser sends are put. */
  readonly incomingDirectory: string;
  close(): Promise<void>;
}

/** @throws SoniError when the songs' folder cannot be used */
export async function createDesk(options: DeskOptions): Promise<Desk> {
  const { engine } = options;
  const directory = options.songsDirectory ?? songsDirectory(directories());
  const media = new Media();
  const shelf = new SongShelf(directory, media);
  await shelf.load();
  const studio = await Studio.open(options.bridge ?? null, engine, media);
  const mixer = options.mixer ?? new ArdourMixer();
  const give = (plan: MixPlan) => Promise.resolve(studio.serves ? giveMix(studio.server, plan) : []);
  const mixes = new MixDesk(shelf, new MixCarrier(mixer, give), (songId) =>
    studio.serves ? namesNow(studio.server, shelf.get(songId)) : new Map(),
  );
  await mixes.load();
  const noteDesk = new NoteDesk(shelf);
  await noteDesk.load();
  const settings = new PreferencesFile(join(directories().config, 'preferences.json'));
  await settings.load();
  const queue = new JobQueue(join(directory, 'jobs.json'), (job, signal, report) =>
    performSongJob({ engine, shelf, job, signal, report }),
  );
  await queue.load();
  const servers = new Set<Server>();
  const notesOf = async (songId: string) => (await noteDesk.sheet(songId)).notes;
  const drag = (wish: DragWish, signal: AbortSignal) =>
    dragFile(shelf.get(wish.songId), shelf.folderOf(wish.songId), () => notesOf(wish.songId), wish, signal);

  async function openSong(paths: readonly string[], captured?: Captured): Promise<string> {
    for (const path of paths) {
      const found = await stat(path).catch((thrown: unknown) => {
        throw fileError(thrown, `open ${path}`);
      });
      if (!found.isFile())
        throw new SoniError('bad-input', `${path} is no file; an audio file was expected.`);
    }
    // Opened again, a song is found with all that was made of it.
    const id = songIdOf(paths);
    if (shelf.has(id)) {
      await shelf.change(id, () => ({ opened: Date.now() }));
      return id;
    }
    const named = paths.length === 1 ? titleOf(paths[0]!) : sessionTitle(paths, directory);
    const title = captured?.title ?? named;
    await shelf.put(newSong(id, title, paths, captured?.origin));
    queue.add(id, title, { stems: null, notes: null, mix: false });
    return id;
  }

  const handlers: Handlers<typeof contract> = {
    about: () => ({
      version: options.version,
      platform: process.platform,
      musicFolder: join(homedir(), 'Music', 'SoniDesk'),
    }),
    async open({ paths, together }) {
      const full = paths.map((path) => resolve(path));
      if (together) return [await openSong(full)];
      const ids: string[] = [];
      for (const path of full) ids.push(await openSong([path]));
      return ids;
    },
    async close({ songId }) {
      shelf.get(songId);
      await queue.forget(songId);
      const { origin, inputs } = shelf.get(songId);
      await shelf.remove(songId);
      // Takes stay in their session; the copy of them was the song's own.
      if (origin !== null) await rm(dirname(inputs[0]!), { recursive: true, force: true });
      return null;
    },
    start: ({ songId, steps }) =>
      queue.add(songId, shelf.get(songId).title, { features: settings.values.features, ...steps }),
    cancel: ({ jobId }) => (queue.cancel(jobId), null),
    pause: ({ jobId }) => (queue.pause(jobId), null),
    resume: ({ jobId }) => (queue.resume(jobId), null),
    move: ({ jobId, place }) => (queue.move(jobId, place), null),
    tidy: () => (queue.tidy(), null),
    notes: ({ songId }) => noteDesk.sheet(songId),
    editNotes: ({ songId, edit }) => noteDesk.edit(songId, edit),
    undoNotes: ({ songId }) => noteDesk.undo(songId),
    redoNotes: ({ songId }) => noteDesk.redo(songId),
    async chooseMix({ songId, choice }) {
      await mixes.choose(songId, choice);
      return null;
    },
    async applyMix({ songId }) {
      return [...(await mixes.apply(songId))];
    },
    async dawMixer() {
      const strips = await mixer.strips().catch(() => null);
      return { name: mixer.name, answers: strips !== null, strips: [...(strips ?? [])] };
    },
    applyMixToFaders: ({ songId }) => mixes.applyToFaders(songId),
    async undoMix({ songId }) {
      await mixes.undo(songId);
      return null;
    },
    async redoMix({ songId }) {
      await mixes.redo(songId);
      return null;
    },
    async export({ songId, directory: target, wish }, { signal, emit }) {
      const song = shelf.get(songId);
      const notes = song.noteCount === null ? [] : await notesOf(songId);
      return await exportSong({
        engine,
        song,
        notes,
        directory: resolve(target),
        wish,
        signal,
        report: (label, fraction, note) => emit({ label, fraction, ...(note !== undefined && { note }) }),
      });
    },
    dragFile: (wish, { signal }) => drag(wish, signal),
    packs: () => packEntries(engine.packSpeeds()),
    async addPack({ pack, acceptLicence }, { signal, emit }) {
      await installPack(pack, acceptLicence, signal, emit);
      return null;
    },
    async removePack({ pack }) {
      await removePack(pack);
      return null;
    },
    async importPack(wish) {
      await importPack(wish);
      return null;
    },
    async measurePack({ pack }, { signal, emit }) {
      await measurePack(engine, pack, signal, emit);
      return null;
    },
    async setPreferences(change) {
      await settings.set(change);
      return null;
    },
    checkup: async (_input, { signal }) => [...(await options.checkup(signal))],
    mediumFile: ({ medium }) => media.fileOf(medium),
    songs: topic(shelf.changed, () => ({ songs: shelf.list() })),
    jobs: topic(queue.changed, () => ({ jobs: queue.list() })),
    preferences: topic(settings.changed, () => settings.values),
    ...studioHandlers({
      studio,
      captures: join(directory, 'captured'),
      openSong,
      song: (songId) => shelf.get(songId),
      folderOf: (songId) => shelf.folderOf(songId),
      notesOf,
    }),
    studio: topic(studio.changed, () => studio.snapshot()),
  };

  return {
    handlers,
    incomingDirectory: join(directory, 'incoming', randomUUID()),
    serve(transport) {
      const server = serve(contract, handlers, transport);
      servers.add(server);
      void server.closed.then(() => servers.delete(server));
      return server;
    },
    mediumFile: (id) => media.fileOf(id),
    dragFile: drag,
    async close() {
      await queue.close();
      await studio.close();
      mixes.close();
      mixer.close();
      noteDesk.close();
      for (const server of servers) server.close();
    },
  };
}

const titleOf = (path: string): string => basename(path, extname(path));

/** A session is called as the folder of its tracks; what a browser has sent lies in a folder without a name. */
const sessionTitle = ([first = '', ...others]: readonly string[], directory: string): string =>
  first.startsWith(join(directory, 'incoming'))
    ? `${titleOf(first)} + ${others.length}`
    : basename(dirname(first));

/** What there is now, and again whenever it changes. */
function topic<Event>(changed: Listeners, snapshot: () => Event) {
  return ({ emit, signal }: { emit: (event: Event) => void; signal: AbortSignal }) => {
    emit(snapshot());
    const stop = changed.add(() => emit(snapshot()));
    signal.addEventListener('abort', stop, { once: true });
  };
}
