import { readFile } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import type { StemNote } from '../../contracts/notes.ts';
import { notesFile } from '../../contracts/operations.ts';
import type { Job } from '../jobs/job.ts';
import type { GraphResults } from '../jobs/runGraph.ts';

/** The notes of a transcription, each with the stem it was heard in. */
export async function readStemNotes(
  results: GraphResults,
  transcription: Job<'transcribe'>,
  stem: string,
): Promise<StemNote[]> {
  const { output, directory } = results.of(transcription);
  const parsed = notesFile.safeParse(JSON.parse(await readFile(`${directory}/${output.notes}`, 'utf8')));
  if (!parsed.success) {
    throw new SoniError('internal', 'The transcription gave notes of an unknown form.', {
      issues: parsed.error.issues.slice(0, 5),
    });
  }
  return parsed.data.map((note) => ({ ...note, stem }));
}
