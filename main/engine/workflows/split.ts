import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { asSoniError, type SoniError } from '../../contracts/errors.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { splitResult, type SplitResult, type splitRequest } from '../../contracts/workflows.ts';
import type { StoredResult } from '../jobs/resultStore.ts';
import type { GraphResults } from '../jobs/runGraph.ts';
import { audioOf, type Job } from '../jobs/job.ts';
import { decodeJob, labelOf, separationJobs } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { recordTake } from './recordTake.ts';
import { selectionJob, selectionOf, writtenStems } from './stemSelection.ts';

const previewFolder = 'preview';

/**
 * One file into stems: `<outputDirectory>/<stem>.wav` and `split.json`.
 * @throws SoniError
 */
export async function split(
  request: z.output<typeof splitRequest>,
  context: WorkflowContext,
): Promise<SplitResult> {
  const input = resolve(request.input);
  const publication = new Publication(resolve(request.outputDirectory));
  const pack = await context.describePack(request.pack, 'separate');
  const selection = selectionOf(request, pack);
  const stemFiles = writtenStems(selection, pack).map((stem) => `${stem}.wav`);
  const previewFiles = request.preview ? stemFiles.map((file) => join(previewFolder, file)) : [];
  await refuseOverwriting(
    [input],
    [...stemFiles, ...previewFiles, 'split.json'].map((file) => join(publication.directory, file)),
  );
  await publication.prepare();

  const decoded = decodeJob(input);
  const name = labelOf(input);
  const { whole, preview: beginning } = separationJobs(decoded, pack, name);
  const stemsOf = (separation: Job<'separate'>) =>
    selection === null ? separation : selectionJob(separation, audioOf(decoded), selection);
  const [stems, preview] = [stemsOf(whole), stemsOf(beginning)];
  let previewed: Promise<void> = Promise.resolve();
  let previewError: SoniError | undefined;
  const results = await context.run(
    request.preview ? [preview, decoded, whole, stems] : [decoded, whole, stems],
    {
      onResult: (job, result) => {
        if (job !== preview) return;
        previewed = publishPreview(result, publication.directory, context).catch((thrown: unknown) => {
          previewError = asSoniError(thrown);
        });
      },
    },
  );
  await previewed;
  if (previewError !== undefined) throw previewError;
  recordTake(context.session, input, 0, results.of(decoded).output);

  const relative = addStems(publication, results, whole, stems, '');
  publication.json(relative, 'split.json');
  await publication.commit(context.signal);
  return withFolder(relative, publication.directory);
}

/** Adds the stems of a separation to what is published; the files of the answer are relative to the folder. */
export function addStems(
  publication: Publication,
  results: GraphResults,
  separation: Job<'separate'>,
  written: Job<'separate'> | Job<'select-stems'>,
  folder: string,
): SplitResult {
  const { output, directory } = results.of<'separate' | 'select-stems'>(written);
  const stems = output.stems.map(({ stem, file }) => {
    const name = join(folder, `${stem}.wav`);
    publication.copy(join(directory, file), name);
    return { stem, file: name };
  });
  const stored = results.wasStored(separation);
  return splitResult.parse({ ...results.of(separation).output, ...output, stored, stems });
}

export const withFolder = (result: SplitResult, directory: string): SplitResult => ({
  ...result,
  stems: result.stems.map(({ stem, file }) => ({ stem, file: join(directory, file) })),
});

async function publishPreview(
  { output, directory }: StoredResult,
  outputDirectory: string,
  context: WorkflowContext,
): Promise<void> {
  const publication = new Publication(join(outputDirectory, previewFolder));
  for (const { stem, file } of (output as OperationOutput<'select-stems'>).stems) {
    publication.copy(join(directory, file), `${stem}.wav`);
  }
  await publication.commit(context.signal);
  context.note(`The beginning is ready in ${publication.directory}`);
}
