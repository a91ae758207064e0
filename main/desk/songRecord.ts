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

const { id, title, opened, inputs, tags, noteCount, noteRevision, remarks } = song.shape;
const mix = song.shape.mix.unwrap().omit({ canUndo: true });

export const songRecord = z.object({
  version: z.literal(1),
  id,
  title,
  opened,
  inputs,
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
  mix: mix.extend({ earlier: z.array(mix.shape.choice) }).nullable(),
});
export type SongRecord = z.infer<typeof songRecord>;

export const newSong = (songId: string, songTitle: string, paths: readonly string[]): SongRecord => ({
  version: 1,
  id: songId,
  title: songTitle,
  opened: Date.now(),
  inputs: [...paths],
  tags: null,
  noteCount: null,
  noteRevision: 0,
  remarks: [],
  sources: [],
  stems: null,
  mix: null,
});
