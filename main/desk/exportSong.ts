import { join } from 'node:path';
import type { ExportWish } from '../contracts/desk.ts';
import type { StemNote } from '../contracts/notes.ts';
import { SoniError } from '../contracts/errors.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { stemsToMidi, tempoMapOf } from '../engine/workflows/midiFile.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { copyAudio, exportEnding } from './copyAudio.ts';
import { chosenPlan } from './mixOf.ts';
import type { SongRecord } from './songRecord.ts';

interface ExportWork {
  readonly engine: Engine;
  readonly song: SongRecord;
  readonly notes: readonly StemNote[];
  readonly directory: string;
  readonly wish: ExportWish;
  readonly signal: AbortSignal;
  report(label: string, fraction: number, note?: string): void;
}

/**
 * Writes what is wished as `<title> - <stem>.wav` or `.flac`, `<title>.mid` (and `<title> - <stem>.mid`) and
 * `<title> - mix.wav`.
 * @returns the files
 * @throws SoniError
 */
export async function exportSong(work: ExportWork): Promise<string[]> {
  const { song, directory, wish, signal } = work;
  const name = fileName(song.title);
  const isWanted = (stem: string) => wish.only?.includes(stem) ?? true;
  const notes = work.notes.filter(({ stem }) => isWanted(stem));
  await makeFolder(directory);
  const files: string[] = [];
  const stems = wish.stems ? (song.stems?.files ?? []).filter((stem) => isWanted(stem.name)) : [];
  const steps = stems.length + (wish.mix ? 1 : 0);
  for (const [index, stem] of stems.entries()) {
    const path = join(directory, `${name} - ${fileName(stem.name)}.${exportEnding(wish.encoding)}`);
    const label = `Writing ${stem.name}`;
    const { peakDb } = await copyAudio(stem.audio, path, {
      encoding: wish.encoding,
      title: `${song.title} - ${stem.name}`,
      signal,
      onProgress: (fraction) => work.report(label, (index + fraction) / steps),
    });
    if (wish.encoding !== 'float32' && peakDb > 0) {
      work.report(
        label,
        (index + 1) / steps,
        `${stem.name} peaks at +${peakDb.toFixed(1)} dBFS, which 24 bits do not hold; its peaks were cut. Choose 32-bit float to keep them.`,
      );
    }
    files.push(path);
  }
  if (wish.midi && notes.length > 0) {
    const parts = wish.midiPerStem === true ? [...new Set(notes.map(({ stem }) => stem))] : [];
    for (const part of [null, ...parts]) {
      const path = join(directory, part === null ? `${name}.mid` : `${name} - ${fileName(part)}.mid`);
      const wanted = part === null ? notes : notes.filter(({ stem }) => stem === part);
      await writeFileAtomic(path, songMidi(song, wanted, wish.minConfidence));
      files.push(path);
    }
  }
  if (wish.mix && song.mix !== null) {
    const path = join(directory, `${name} - mix.wav`);
    await work.engine.render(
      { tracks: mixTracks(song), plan: chosenPlan(song.mix.plan, song.mix.choice), output: path },
      {
        signal,
        onProgress: ({ label, fraction }) => work.report(label, (stems.length + fraction) / steps),
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

/** What the plan's tracks are made of, in its order: the stems of a mix, the tracks of a session. */
export function mixTracks(song: SongRecord): string[] {
  const files = song.inputs.length === 1 && song.stems !== null ? song.stems.files : song.sources;
  const names = song.mix?.plan.tracks.map(({ name }) => name) ?? [];
  if (!names.every((name) => files.some((file) => file.name === name)))
    return files.map(({ audio }) => audio);
  return names.map((name) => files.find((file) => file.name === name)!.audio);
}

/** Without what some file system does not take. */
export const fileName = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '_').replace(/[. ]+$/, '') || 'untitled';
