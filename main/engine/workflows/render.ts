import { basename, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { RenderResult, renderRequest } from '../../contracts/workflows.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { phaseAfterReading, readTracks, renderJob, renderedFile } from './trackJobs.ts';

/** The mix of some tracks as a plan says, which may have been changed since it was suggested. */
export async function render(
  request: z.output<typeof renderRequest>,
  context: WorkflowContext,
): Promise<RenderResult> {
  const paths = request.tracks.map((path) => resolve(path));
  const output = resolve(request.output);
  await refuseOverwriting(paths, [output]);
  const publication = new Publication(dirname(output));
  await publication.prepare();
  const { tracks, timeReference } = await readTracks(paths, context);
  const rendered = renderJob(tracks, request.plan, timeReference);
  const { path, ...measured } = renderedFile(await context.run([rendered], phaseAfterReading), rendered);
  publication.copy(path, basename(output));
  await publication.commit(context.signal);
  return { file: output, ...measured };
}
