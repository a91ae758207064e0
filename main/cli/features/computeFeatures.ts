import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FeaturesRequest, FeaturesResult } from '../../contracts/workflows.ts';
import { SoniError } from '../../contracts/errors.ts';
import { requireFile } from '../../engine/workflows/requireFile.ts';
import { Publication, refuseOverwriting } from '../../engine/workflows/publication.ts';
import type { CommandContext } from '../commandContext.ts';
import { engineJob } from '../engineJob.ts';
import type { EngineOptions } from '../engineOptions.ts';

interface Wishes extends EngineOptions {
  /** The picture to write, an absolute path. */
  readonly plot?: string;
  readonly cache: boolean;
}

/**
 * The features of a file, drawn when that is wanted. Without the cache the work is done in a session that is thrown away.
 * @throws SoniError of the engine; `bad-usage` for a session that is not to be used and a picture over what it is drawn from
 */
export async function computeFeatures(
  request: FeaturesRequest,
  { plot, cache, ...options }: Wishes,
  context: CommandContext,
): Promise<FeaturesResult> {
  if (!cache && options.session !== undefined) {
    throw new SoniError('bad-usage', '--no-cache keeps nothing, --session keeps all; give one of them.');
  }
  if (plot !== undefined) {
    const input = resolve(request.input);
    await requireFile(input);
    await refuseOverwriting([input, resolve(request.output)], [plot]);
    await new Publication(dirname(plot)).prepare();
  }
  const compute = (session: string | undefined) =>
    engineJob({ ...options, ...(session !== undefined && { session }) }, context, (engine, watch) =>
      engine.features(request, watch),
    );
  const result = cache ? await compute(options.session) : await inPassing(compute);
  if (plot !== undefined) {
    const { drawFeatures } = await import('../../report/features/drawFeatures.ts');
    await drawFeatures({ audio: request.input, tensors: result.output, output: plot }, context.signal);
  }
  return result;
}

/** Work in a session that nothing was in before and that is gone afterwards. */
async function inPassing<Result>(work: (session: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-features-'));
  try {
    return await work(join(folder, 'session'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
