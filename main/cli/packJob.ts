import type { CommandContext } from './commandContext.ts';
import { engineJob, type EngineWork } from './engineJob.ts';
import type { EngineOptions } from './engineOptions.ts';
import { preparePack } from './packAccess.ts';

export interface PackJobOptions extends EngineOptions {
  readonly acceptLicence?: true;
}

/** One job of the engine that needs a pack: it is installed first when the user agrees to its licence. */
export async function packJob<Result>(
  pack: string,
  options: PackJobOptions,
  context: CommandContext,
  work: EngineWork<Result>,
): Promise<Result> {
  const consent = { acceptLicence: options.acceptLicence === true, quiet: options.quiet === true };
  await preparePack(pack, consent, context);
  return engineJob(options, context, work);
}
