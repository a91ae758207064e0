import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { splitResult, type SplitResult, type splitRequest } from '../../contracts/workflows.ts';
import type { Job } from '../jobs/job.ts';
import type { StoredResult } from '../jobs/resultStore.ts';
import type { GraphResults } from '../jobs/runGraph.ts';
import { decodeJob, labelOf, requireTask, separationJobs, type SeparationWish } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { recordTake } from './recordTake.ts';

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
  const pack = await context.describePack(request.pack);
  requireTask(pack, 'separate');
  checkWish(request, pack);
  await publication.prepare();

  const decoded = decodeJob(input);
  const name = labelOf(input);
  const { whole, preview } = separationJobs(decoded, pack, name, request);
  let previewed: Promise<void> = Promise.resolve();
  let previewError: SoniError | undefined;
  const results = await context.run(request.preview ? [preview, decoded, whole] : [decoded, whole], {
    onResult: (job, result) => {
      if (job !== preview) return;
      previewed = publishPreview(result, publication.directory, context).catch((thrown: unknown) => {
        previewError = asSoniError(thrown);
      });
    },
  });
  await previewed;
  if (previewError !== undefined) throw previewError;
  recordTake(context.session, input, 0, results.of(decoded).output);

  const relative = addStems(publication, results, whole, '');
  await refuseOverwriting(
    [input],
    relative.stems.map(({ file }) => join(publication.directory, file)),
  );
  publication.json(relative, 'split.json');
  await publication.commit(context.signal);
  return withFolder(relative, publication.directory);
}

/** Adds the stems of a separation to what is published; the files of the answer are relative to the folder. */
export function addStems(
  publication: Publication,
  results: GraphResults,
  separation: Job<'separate'>,
  folder: string,
): SplitResult {
  const { output, directory } = results.of(separation);
  const stems = output.stems.map(({ stem, file }) => {
    const name = join(folder, `${stem}.wav`);
    publication.copy(join(directory, file), name);
    return { stem, file: name };
  });
  return splitResult.parse({ ...output, stems });
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
  const publication = new Publication(join(outputDirectory, 'preview'));
  for (const { stem, file } of (output as SplitResult).stems) {
    publication.copy(join(directory, file), `${stem}.wav`);
  }
  await publication.commit(context.signal);
  context.note(`The beginning is ready in ${publication.directory}`);
}

/** @throws SoniError `bad-usage` for stems that the pack does not know */
function checkWish({ stems, twoStem }: SeparationWish, pack: PackManifest): void {
  if (stems !== null && twoStem !== null) {
    throw new SoniError('bad-usage', 'Ask for some stems or for one against the rest, not for both.');
  }
  const known = pack.stems ?? [];
  for (const wanted of [...(stems ?? []), ...(twoStem === null ? [] : [twoStem])]) {
    if (!known.includes(wanted)) {
      throw new SoniError(
        'bad-usage',
        `The pack "${pack.id}" has no stem "${wanted}"; it has: ${known.join(', ')}.`,
      );
    }
  }
}
