import { basename, dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import type { MixResult, mixRequest } from '../../contracts/workflows.ts';
import { decodeJob } from './audioJobs.ts';
import { outputOf } from '../jobs/job.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import {
  findRolePacks,
  mixJob,
  phaseAfterReading,
  readTracks,
  renderJob,
  renderedFile,
} from './trackJobs.ts';

/** A mix plan for some tracks, as a JSON file, and when asked for the mix as a WAV file. */
export async function mix(
  request: z.output<typeof mixRequest>,
  context: WorkflowContext,
): Promise<MixResult> {
  const paths = request.tracks.map((path) => resolve(path));
  const output = resolve(request.output);
  const render = request.render === null ? null : resolve(request.render);
  const reference = request.reference === null ? null : resolve(request.reference);
  const inputs = reference === null ? paths : [...paths, reference];
  await refuseOverwriting(inputs, render === null ? [output] : [output, render]);
  const publication = new Publication(dirname(output));
  await publication.prepare();
  const renderPublication = render === null ? null : new Publication(dirname(render));
  await renderPublication?.prepare();

  const notes: string[] = [];
  const tell = (text: string) => {
    notes.push(text);
    context.note(text);
  };
  const { tracks, timeReference } = await readTracks(paths, context, tell);
  const planned = mixJob(
    tracks,
    reference === null ? null : decodeJob(reference),
    await findRolePacks(tracks, context, request.features, tell),
  );
  const rendered = render === null ? null : renderJob(tracks, outputOf(planned), timeReference);
  const results = await context.run(rendered === null ? [planned] : [planned, rendered], phaseAfterReading);
  const { output: made } = results.of(planned);
  // The user's own file, not what it was decoded to.
  const plan =
    made.reference === null || reference === null
      ? made
      : { ...made, reference: { ...made.reference, file: reference } };
  publication.json(plan, basename(output));
  let renderedResult: MixResult['render'] = null;
  if (rendered !== null && render !== null && renderPublication !== null) {
    const { path, ...measured } = renderedFile(results, rendered);
    renderPublication.copy(path, basename(render));
    renderedResult = { file: join(dirname(render), basename(render)), ...measured };
    await renderPublication.commit(context.signal);
  }
  await publication.commit(context.signal);
  return { output, plan, render: renderedResult, notes };
}
