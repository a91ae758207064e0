import { rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import type { desk } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import type { StemNote } from '../contracts/notes.ts';
import { partialName } from '../platform/atomicFile.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { copyAudio } from './copyAudio.ts';
import { fileName, songMidi } from './exportSong.ts';
import type { SongRecord } from './songRecord.ts';

export type DragWish = z.output<(typeof desk)['methods']['dragFile']['input']>;

/**
 * A file to be dragged out of a window, under a name that means something elsewhere: a stem as Broadcast Wave in
 * 32-bit float, or the notes of one stem or of all. A copy, so that a DAW that writes into it changes nothing here.
 * @throws SoniError `not-found`
 */
export async function dragFile(
  song: SongRecord,
  folder: string,
  notesOf: () => Promise<readonly StemNote[]>,
  { what, name, minConfidence }: DragWish,
  signal: AbortSignal,
): Promise<string> {
  const title = name === '' ? song.title : `${song.title} - ${name}`;
  const to = (ending: string) => join(folder, 'drag', `${fileName(title)}.${ending}`);
  if (what === 'midi') {
    const notes = await notesOf();
    const wanted = name === '' ? notes : notes.filter(({ stem }) => stem === name);
    // Made anew with every drag: a rename keeps readers from halves, waiting for the disk would only take time.
    const partial = partialName(to('mid'));
    await makeFolder(dirname(partial));
    await writeFile(partial, songMidi(song, wanted, minConfidence));
    await rename(partial, to('mid'));
    return to('mid');
  }
  const stem = song.stems?.files.find((file) => file.name === name);
  if (stem === undefined) throw new SoniError('not-found', `There is no stem "${name}" yet.`);
  if (!(await isNewer(to('wav'), stem.audio))) {
    await copyAudio(stem.audio, to('wav'), {
      encoding: 'float32',
      title,
      signal,
      onProgress: () => undefined,
    });
  }
  return to('wav');
}

async function isNewer(copy: string, source: string): Promise<boolean> {
  const [there, from] = await Promise.all([stat(copy).catch(() => null), stat(source)]);
  return there !== null && there.mtimeMs > from.mtimeMs;
}
