import { join, resolve } from 'node:path';
import type { z } from 'zod';
import type { PrepareResult, prepareRequest } from '../../contracts/workflows.ts';
import { SourceFile, audioOf, job } from '../jobs/job.ts';
import { decodeJob, labelOf } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { trackNames } from './trackNames.ts';

/**
 * Makes files ready for a window: `<name>.wav` in float32 (when they are to be decoded) and `<name>.peaks`.
 * @throws SoniError
 */
export async function prepare(
  request: z.output<typeof prepareRequest>,
  context: WorkflowContext,
): Promise<PrepareResult> {
  const inputs = request.inputs.map((path) => resolve(path));
  const publication = new Publication(resolve(request.outputDirectory));
  const names = trackNames(inputs);
  const at = (file: string) => join(publication.directory, file);
  await publication.prepare();
  if (request.decode)
    await refuseOverwriting(
      inputs,
      names.map((name) => at(`${name}.wav`)),
    );

  const parts = inputs.map((path) => {
    const decoded = request.decode ? decodeJob(path) : null;
    const audio = decoded === null ? new SourceFile(path) : audioOf(decoded);
    return { path, decoded, peaks: job('peaks', `Drawing ${labelOf(path)}`, { audio }) };
  });
  const results = await context.run(
    parts.flatMap(({ decoded, peaks }) => (decoded === null ? [peaks] : [decoded, peaks])),
  );

  const files = parts.map(({ path, decoded, peaks }, index) => {
    const name = names[index]!;
    const drawn = results.of(peaks);
    publication.copy(join(drawn.directory, drawn.output.peaks), `${name}.peaks`);
    if (decoded === null) return { name, audio: path, peaks: at(`${name}.peaks`) };
    const read = results.of(decoded);
    publication.copy(join(read.directory, read.output.audio), `${name}.wav`);
    return { name, audio: at(`${name}.wav`), peaks: at(`${name}.peaks`) };
  });
  await publication.commit(context.signal);
  return { files };
}
