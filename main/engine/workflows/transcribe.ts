import { basename, dirname, extname, resolve } from 'node:path';
import type { z } from 'zod';
import {
  transcribeResult,
  type TranscribeResult,
  type transcribeRequest,
} from '../../contracts/workflows.ts';
import { audioOf } from '../jobs/job.ts';
import { decodeJob, labelOf, tagJob, transcriptionJob } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { stemsToMidi, tempoMapOf } from './midiFile.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { recordTake } from './recordTake.ts';
import { readStemNotes } from './stemNotes.ts';

/** The notes of one file as a Standard MIDI file on the tempo map that its beats give. */
export async function transcribe(
  request: z.output<typeof transcribeRequest>,
  context: WorkflowContext,
): Promise<TranscribeResult> {
  const input = resolve(request.input);
  const output = resolve(request.output);
  const pack = await context.describePack(request.pack, 'transcribe');
  await refuseOverwriting([input], [output]);
  const publication = new Publication(dirname(output));
  await publication.prepare();

  const name = labelOf(input);
  const decoded = decodeJob(input);
  const transcription = transcriptionJob(audioOf(decoded), pack, name, request);
  const tagged = request.bpm === null ? tagJob(audioOf(decoded), name) : null;
  const results = await context.run([decoded, transcription, ...(tagged === null ? [] : [tagged])]);
  recordTake(context.session, input, 0, results.of(decoded).output);

  const stem = basename(input, extname(input));
  const notes = await readStemNotes(results, transcription, stem);
  const tags = tagged === null ? null : results.of(tagged).output;
  publication.text(stemsToMidi([{ name: stem, notes }], tempoMapOf(tags, request.bpm)), basename(output));
  await publication.commit(context.signal);
  return transcribeResult.parse({
    ...results.of(transcription).output,
    stored: results.wasStored(transcription),
    midi: output,
    bpm: request.bpm ?? tags?.tempo?.bpm ?? null,
    notes,
  });
}
