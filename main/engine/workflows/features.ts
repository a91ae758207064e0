import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { featuresResult, type FeaturesResult, type featuresRequest } from '../../contracts/workflows.ts';
import { joinTensors } from '../../platform/safetensors/joinTensors.ts';
import { audioOf } from '../jobs/job.ts';
import { decodeJob, labelOf } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { featureJob, featureSource } from './featureJobs.ts';
import { Publication, refuseOverwriting } from './publication.ts';

/** Codes and features of one file, as one safetensors file. */
export async function features(
  request: z.output<typeof featuresRequest>,
  context: WorkflowContext,
): Promise<FeaturesResult> {
  const input = resolve(request.input);
  const output = resolve(request.output);
  const pack = await context.describePack(request.pack, 'features');
  await refuseOverwriting([input], [output]);
  const publication = new Publication(dirname(output));
  await publication.prepare();

  const name = labelOf(input);
  const audio = audioOf(decodeJob(input));
  const source = featureSource(audio, pack, name);
  const { tokens, clips } = source;
  const levels = [...new Set(request.levels)].map((level) => ({
    level,
    features: featureJob(source, level),
  }));
  const jobs = [tokens, clips, ...levels.map(({ features }) => features)];
  const results = await context.run(jobs);

  const first = results.of(tokens);
  const condition = results.of(clips);
  const parts = [
    {
      path: join(first.directory, first.output.tokens),
      tensors: first.output.tensors.filter((tensor) => levels.some(({ level }) => level === tensor.level)),
    },
    { path: join(condition.directory, condition.output.clips), tensors: condition.output.tensors },
    ...levels.map(({ features }) => {
      const found = results.of(features);
      return {
        path: join(found.directory, found.output.features),
        tensors: found.output.tensors,
      };
    }),
  ];
  await joinTensors(parts, output, context.signal);
  const runs = [first.output, condition.output, ...levels.map(({ features }) => results.of(features).output)];
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const audioSeconds = first.output.seconds * first.output.realtimeFactor;
  return featuresResult.parse({
    pack: pack.id,
    packVersion: pack.version,
    provider: [...new Set(runs.map((run) => run.provider))].join(', '),
    seconds,
    realtimeFactor: seconds > 0 ? audioSeconds / seconds : 0,
    stored: jobs.every((each) => results.wasStored(each)),
    output,
    tensors: parts.flatMap(({ tensors }) => tensors),
  });
}
