import { createHash } from 'node:crypto';
import { z } from 'zod';
import { medium, song } from '../contracts/desk.ts';

/** What is kept of a song in `song.json` of its folder; files are absolute. */
const drawnFile = z.object({
  name: z.string(),
  audio: z.string(),
  peaks: z.string(),
  format: medium.omit({ id: true, peaks: true }),
});
export type DrawnFile = z.infer<typeof drawnFile>;

const { id, title, opened, inputs, origin, tags, noteCount, noteRevision, remarks, mix } = song.shape;

export const songRecord = z.object({
  version: z.literal(1),
  id,
  title,
  opened,
  inputs,
  origin,
  tags,
  noteCount,
  noteRevision,
  remarks,
  sources: z.array(drawnFile),
  stems: song.shape.stems
    .unwrap()
    .omit({ lanes: true })
    .extend({ files: z.array(drawnFile) })
    .nullable(),
  /** The choice as the session's decisions tell it. */
  mix,
});
export type SongRecord = z.infer<typeof songRecord>;

/** The same files are the same song, whoever opens them. @param paths absolute */
export const songIdOf = (paths: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(paths)).digest('hex').slice(0, 32);

export const newSong = (
  songId: string,
  songTitle: string,
  paths: readonly string[],
  origin: SongRecord['origin'] = null,
): SongRecord => ({
  version: 1,
  id: songId,
  title: songTitle,
  opened: Date.now(),
  inputs: [...paths],
  origin,
  tags: null,
  noteCount: null,
  noteRevision: 0,
  remarks: [],
  sources: [],
  stems: null,
  mix: null,
});
