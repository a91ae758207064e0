import { join } from 'node:path';
import type { ExportWish } from '../contracts/desk.ts';
import type { StemNote } from '../contracts/notes.ts';
import { SoniError } from '../contracts/errors.ts';
import { openWav } from '../audio/wav/wavReader.ts';
import { createWav } from '../audio/wav/wavWriter.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { stemsToMidi, tempoMapOf } from '../engine/workflows/midiFile.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { chosenPlan } from './mixOf.ts';
import type { SongRecord } from './songRecord.ts';

interface ExportWork {
  readonly engine: Engine;
  readonly song: SongRecord;
  readonly notes: readonly StemNote[];
  readonly directory: string;
  readonly wish: ExportWish;
  readonly signal: AbortSignal;
  report(label: string, fraction: number): void;
}

/** 5 s at 48 kHz. */
const blockFrames = 240_000;

/**
 * Writes what is wished as `<title> - <stem>.wav`, `<title>.mid` and `<title> - mix.wav`.
 * @returns the files
 * @throws SoniError
 */
export async function exportSong(work: ExportWork): Promise<string[]> {
  const { song, directory, wish, notes } = work;
  const name = fileName(song.title);
  await makeFolder(directory);
  const files: string[] = [];
  const stems = wish.stems ? (song.stems?.files ?? []) : [];
  for (const [index, stem] of stems.entries()) {
    const path = join(directory, `${name} - ${fileName(stem.name)}.wav`);
    work.report(`Writing ${stem.name}`, index / (stems.length + 2));
    await copyAudio(stem.audio, path, wish.encoding, work.signal);
    files.push(path);
  }
  if (wish.midi && notes.length > 0) {
    const path = join(directory, `${name}.mid`);
    await writeFileAtomic(path, songMidi(song, notes, wish.minConfidence));
    files.push(path);
  }
  if (wish.mix && song.mix !== null) {
    const path = join(directory, `${name} - mix.wav`);
    await work.engine.render(
      { tracks: mixTracks(song), plan: chosenPlan(song.mix.plan, song.mix.choice), output: path },
      {
        signal: work.signal,
        onProgress: ({ label, fraction }) =>
          work.report(label, (stems.length + fraction) / (stems.length + 1)),
      },
    );
    files.push(path);
  }
  if (files.length === 0) {
    throw new SoniError('bad-usage', 'There is nothing to export yet. Choose something that is finished.');
  }
  return files;
}

/** The notes of all stems, or of some, on the tempo map of the song. */
export function songMidi(song: SongRecord, notes: readonly StemNote[], minConfidence: number): Uint8Array {
  const shown = notes.filter(({ confidence }) => confidence >= minConfidence);
  const stems = [...new Set(notes.map(({ stem }) => stem))];
  return stemsToMidi(
    stems.map((stem) => ({ name: stem, notes: shown.filter((note) => note.stem === stem) })),
    tempoMapOf(song.tags, null),
  );
}

/** What the plan's tracks are made of: the stems of a mix, the tracks of a session. */
export const mixTracks = (song: SongRecord): string[] =>
  (song.inputs.length === 1 && song.stems !== null ? song.stems.files : song.sources).map(
    ({ audio }) => audio,
  );

async function copyAudio(
  from: string,
  to: string,
  encoding: ExportWish['encoding'],
  signal: AbortSignal,
): Promise<void> {
  const reader = await openWav(from);
  try {
    const { sampleRate, channels, timeReference } = reader;
    const writer = await createWav(to, { sampleRate, channels, encoding, timeReference });
    try {
      for (let done = 0; done < reader.frames; done += blockFrames) {
        signal.throwIfAborted();
        await writer.write(await reader.read(done, blockFrames));
      }
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
  } finally {
    await reader.close();
  }
}

/** Without what some file system does not take. */
export const fileName = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '_').replace(/[. ]+$/, '') || 'untitled';
