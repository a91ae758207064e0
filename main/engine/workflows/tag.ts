import { resolve } from 'node:path';
import type { z } from 'zod';
import type { Tags } from '../../contracts/tags.ts';
import type { tagRequest } from '../../contracts/workflows.ts';
import { audioOf } from '../jobs/job.ts';
import { decodeJob, labelOf, tagJob } from './audioJobs.ts';
import { findContentPacks, recogniseJob } from './contentJobs.ts';
import type { WorkflowContext } from './context.ts';
import { heardTags } from './heardTags.ts';

/** Tempo, beats, key, loudness and content of one file. */
export async function tag(request: z.output<typeof tagRequest>, context: WorkflowContext): Promise<Tags> {
  const input = resolve(request.input);
  const name = labelOf(input);
  const audio = audioOf(decodeJob(input));
  const tagged = tagJob(audio, name);
  const packs = request.features === null ? null : await findContentPacks(context, request.features);
  if (packs === null) return heardTags((await context.run([tagged])).of(tagged).output, null);
  const recognised = recogniseJob(audio, packs, name);
  const results = await context.run([tagged, recognised]);
  return heardTags(results.of(tagged).output, results.of(recognised).output);
}
