import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Tags } from '../../contracts/tags.ts';
import type { tagRequest } from '../../contracts/workflows.ts';
import { audioOf } from '../jobs/job.ts';
import { decodeJob, labelOf, tagJob } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';

/** Tempo, beats, key and loudness of one file. */
export async function tag(request: z.output<typeof tagRequest>, context: WorkflowContext): Promise<Tags> {
  const input = resolve(request.input);
  const tagged = tagJob(audioOf(decodeJob(input)), labelOf(input));
  return (await context.run([tagged])).of(tagged).output;
}
