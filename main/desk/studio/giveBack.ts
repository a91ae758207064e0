import { join } from 'node:path';
import type { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { StemNote } from '../../contracts/notes.ts';
import type { MixPlan } from '../../contracts/mixPlan.ts';
import type { GivenBack, studioMethods } from '../../contracts/studio.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import type { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';
import {
  listenTo,
  returnMix,
  returnNotes,
  returnStems,
} from '../../../plugin-bridge/server/returns/giveBack.ts';
import { songMidi } from '../exportSong.ts';
import type { SongRecord } from '../songRecord.ts';

type Wish = z.output<(typeof studioMethods)['giveBack']['input']>;

interface Giving {
  readonly server: BridgeServer;
  readonly song: SongRecord;
  readonly notes: readonly StemNote[];
  /** Of the song; MIDI files for the plugins are put there. */
  readonly folder: string;
  readonly wish: Wish;
}

interface Target {
  readonly track: string;
  /** What the song calls it. */
  readonly part: string;
}

/**
 * Gives what was made of a song to the plugins of the tracks that it came from.
 * @throws SoniError `bad-usage` when there is nothing to give or nobody to give it to | `not-found` | `bad-input`
 */
export async function giveBack(giving: Giving): Promise<GivenBack> {
  const { server, song, wish } = giving;
  const targets = targetsOf(giving);
  const single = song.inputs.length === 1;
  const given: GivenBack = [];
  const tell = (track: string, kind: GivenBack[number]['kind'], delivered: boolean) =>
    given.push({ track, name: server.track(track).name, kind, delivered });

  if (wish.what.includes('stems') && single && song.stems !== null && !song.stems.preview) {
    const { track } = targets[0]!;
    const startFrame = song.origin?.startFrame ?? 0;
    const stems = song.stems.files.map(({ name, audio }) => ({
      stem: name,
      file: audio,
      startFrame,
      gainDb: 0,
    }));
    tell(track, 'stems', (await returnStems(server, { track, stems, listen: wish.listen })).delivered);
  }
  if (wish.what.includes('notes') && giving.notes.length > 0) {
    for (const { track, part } of targets) {
      const wanted = wish.part ?? (single ? null : part);
      const notes = giving.notes.filter(({ stem }) => wanted === null || stem === wanted);
      if (notes.length === 0) continue;
      const midi = join(giving.folder, 'return', `${track}.mid`);
      await writeFileAtomic(midi, songMidi(song, notes, wish.minConfidence));
      const startFrame = song.origin?.startFrame ?? 0;
      tell(track, 'notes', (await returnNotes(server, { track, midi, startFrame })).delivered);
    }
  }
  if (given.length === 0) throw nothingToGive(song, wish);
  return given;
}

function targetsOf({ server, song, wish }: Giving): Target[] {
  if (wish.track !== null) return [{ track: server.book.find(wish.track).id, part: song.title }];
  const { origin } = song;
  if (origin === null) {
    throw new SoniError(
      'bad-usage',
      'This song did not come from a track of the DAW. Choose the track that gets it.',
    );
  }
  const targets = origin.tracks.map((track, index) => ({
    track,
    part: song.sources[index]?.name ?? song.title,
  }));
  return targets.filter(({ track }) => server.book.get(track) !== undefined);
}

/** Strips to the plugins of the tracks with the plan's names. @returns names of those that have them already */
export function giveMix(server: BridgeServer, plan: MixPlan): string[] {
  const { applied } = returnMix(server, { track: null, plan });
  return applied.filter(({ delivered }) => delivered).map(({ name }) => name);
}

/** What the tracks that a song was captured from are called now, by what the song calls them. */
export const namesNow = (server: BridgeServer, { origin, sources }: SongRecord): Map<string, string> =>
  new Map(
    (origin?.tracks ?? []).flatMap((track, index) => {
      const [known, part] = [server.book.get(track), sources[index]];
      return known === undefined || part === undefined ? [] : [[part.name, known.name] as const];
    }),
  );

/** The plugin plays the original again, and no notes. */
export async function takeBack(server: BridgeServer, track: string): Promise<void> {
  const { id } = server.book.find(track);
  const has = (kind: string) => server.session.returns.list(id).some((row) => row.kind === kind);
  if (has('stems')) await returnStems(server, { track: id, stems: [], listen: true });
  if (has('notes')) await returnNotes(server, { track: id, midi: null, startFrame: null });
  listenTo(server, { track: id, source: 'original' });
}

function nothingToGive(song: SongRecord, { what }: Wish): SoniError {
  const why =
    song.inputs.length > 1 && what.includes('stems') ? ' Stems are made of one track at a time.' : '';
  return new SoniError(
    'bad-usage',
    `There is nothing to give back of this song yet (${what.join(', ')}).${why} Analyse it first.`,
  );
}
