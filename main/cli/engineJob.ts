import type { Watch } from '../contracts/workflows.ts';
import { defaultHostProgram, type HostProgram } from '../engine/host/program.ts';
import { createEngine, type Engine } from '../engine/workflows/engine.ts';
import type { CommandContext } from './commandContext.ts';
import type { EngineOptions } from './engineOptions.ts';

/** What the inference host reads from its environment. */
export function hostEnvironment({ provider, threads }: EngineOptions): Record<string, string> {
  return {
    ...(provider !== undefined && { SONIDESK_PROVIDER: provider }),
    ...(threads !== undefined && { SONIDESK_THREADS: String(threads) }),
  };
}

/** The inference host with what the user asked of it. */
export const hostProgram = (options: EngineOptions): HostProgram => ({
  ...defaultHostProgram(),
  env: hostEnvironment(options),
});

export type EngineWork<Result> = (engine: Engine, watch: Watch) => Promise<Result>;

/** Starts the engine, lets it do one job with progress on stderr, and ends it, whatever happens. */
export async function engineJob<Result>(
  options: EngineOptions,
  context: CommandContext,
  work: EngineWork<Result>,
): Promise<Result> {
  const display = context.progress(options.quiet === true);
  const engine = await createEngine({
    sessionDirectory: options.session,
    hostProgram: hostProgram(options),
  });
  try {
    return await work(engine, {
      signal: context.signal,
      onProgress: (progress) => display.update(progress),
    });
  } finally {
    await engine.close();
    display.end();
  }
}
