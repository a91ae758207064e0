import { join } from 'node:path';
import type { StemNote } from '../../contracts/notes.ts';
import type { Tags } from '../../contracts/tags.ts';
import type { Seconds } from '../../contracts/units.ts';
import { runResult, type RunResult } from '../../contracts/workflows.ts';
import type { Job } from '../jobs/job.ts';
import type { GraphResults } from '../jobs/runGraph.ts';
import { heardTags } from './heardTags.ts';
import { stemsToMidi, tempoMapOf } from './midiFile.ts';
import type { Publication } from './publication.ts';
import { addStems } from './split.ts';
import { readStemNotes } from './stemNotes.ts';
import { renderedFile, type NamedAudio } from './trackJobs.ts';

/** A stem of a mix, or a track of a session. */
export interface RunPart extends NamedAudio {
  /** The user's file; `null` for a stem, which becomes one. */
  readonly file: string | null;
  /** Where it starts on the common timeline; 0 when left out. */
  readonly startSeconds?: Seconds;
  readonly tags: Job<'tag'> | null;
  readonly transcription: Job<'transcribe'> | null;
}

/** The jobs of a run, by what becomes of their results. */
export interface RunParts {
  readonly tags: Job<'tag'>;
  readonly content: Job<'recognise'> | null;
  readonly separation: Job<'separate'> | null;
  readonly tracks: readonly RunPart[];
  readonly mix: Job<'mix'>;
  readonly render: Job<'render-mix'> | null;
}

interface RunFacts {
  readonly inputs: readonly string[];
  readonly notes: readonly string[];
  readonly signal: AbortSignal;
  seconds(): number;
}

const names = {
  stems: 'stems',
  midi: 'song.mid',
  notes: 'notes.json',
  tags: 'tags.json',
  mix: 'mix.json',
  render: 'mix.wav',
  run: 'run.json',
};

/** Puts the results of a run into its folder, all or none; the answer's paths are absolute. */
export async function publishRun(
  parts: RunParts,
  results: GraphResults,
  publication: Publication,
  facts: RunFacts,
): Promise<RunResult> {
  const heard = parts.content === null ? null : results.of(parts.content).output;
  const tags = heardTags(results.of(parts.tags).output, heard);
  publication.json(tags, names.tags);
  const separation =
    parts.separation === null
      ? null
      : addStems(publication, results, parts.separation, parts.separation, names.stems);
  const transcription = await addNotes(parts, results, publication, tags);
  publication.json(results.of(parts.mix).output, names.mix);
  let render: RunResult['mix']['render'] = null;
  if (parts.render !== null) {
    const { path, ...measured } = renderedFile(results, parts.render);
    publication.copy(path, names.render);
    render = { file: names.render, ...measured };
  }
  const relative: RunResult = runResult.parse({
    version: 1,
    inputs: facts.inputs,
    tags,
    tagsFile: names.tags,
    tracks: parts.tracks.map((track) => ({
      name: track.name,
      file: track.file ?? separation?.stems.find(({ stem }) => stem === track.name)?.file,
      tags: track.tags === null ? null : heardTags(results.of(track.tags).output, null),
      start: track.startSeconds ?? 0,
      notes: track.transcription === null ? null : results.of(track.transcription).output.count,
    })),
    separation,
    transcription,
    mix: { output: names.mix, render },
    notes: facts.notes,
    seconds: facts.seconds(),
  });
  publication.json(relative, names.run);
  await publication.commit(facts.signal);
  return absolute(relative, publication.directory);
}

async function addNotes(
  parts: RunParts,
  results: GraphResults,
  publication: Publication,
  tags: Tags,
): Promise<RunResult['transcription']> {
  const transcribed = await Promise.all(
    parts.tracks.flatMap(({ name, transcription, startSeconds = 0 }) =>
      transcription === null
        ? []
        : [
            readStemNotes(results, transcription, name).then((found) => ({
              name,
              notes: found.map((note) => later(note, startSeconds)),
              transcription,
            })),
          ],
    ),
  );
  if (transcribed.length === 0) return null;
  const all = transcribed.flatMap(({ notes }) => notes);
  publication.json(all, names.notes);
  publication.text(stemsToMidi(transcribed, tempoMapOf(tags, null)), names.midi);
  return {
    midi: names.midi,
    notesFile: names.notes,
    count: all.length,
    packs: transcribed.map(({ transcription }) => ({
      ...results.of(transcription).output,
      stored: results.wasStored(transcription),
    })),
  };
}

/** A note of a track that starts so much later. */
const later = (note: StemNote, seconds: Seconds): StemNote =>
  seconds === 0 ? note : { ...note, onset: note.onset + seconds, offset: note.offset + seconds };

/** The user's own files have absolute paths already. */
function absolute(result: RunResult, directory: string): RunResult {
  const at = (name: string) => join(directory, name);
  const { separation, transcription, mix } = result;
  const stems = new Set(separation?.stems.map(({ file }) => file));
  return {
    ...result,
    tagsFile: at(result.tagsFile),
    tracks: result.tracks.map((track) => ({
      ...track,
      file: stems.has(track.file) ? at(track.file) : track.file,
    })),
    separation: separation && {
      ...separation,
      stems: separation.stems.map(({ stem, file }) => ({ stem, file: at(file) })),
    },
    transcription: transcription && {
      ...transcription,
      midi: at(transcription.midi),
      notesFile: at(transcription.notesFile),
    },
    mix: {
      output: at(mix.output),
      render: mix.render && { ...mix.render, file: at(mix.render.file) },
    },
  };
}
