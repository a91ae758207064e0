import { z } from 'zod';
import { SoniError, errorPayload } from '../../contracts/errors.ts';
import { environment } from '../../rpc/program/environment.ts';
import { startProgram } from '../../rpc/program/startProgram.ts';
import { inferenceHostProgram } from '../installation.ts';
import type { HelperCommand } from './commands.ts';

export interface HelperLimits {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Another program than the built inference host, for tests. */
  readonly program?: string;
}

const answer = z.union([z.object({ error: errorPayload }), z.object({ output: z.unknown() })]);

/**
 * Runs a command of the host program in a throw-away process.
 * @throws SoniError `crashed` when the process died or took too long, else what the command threw; AbortError when cancelled
 */
export async function runHelper(
  command: HelperCommand,
  argument: unknown,
  { signal, timeoutSeconds, program = inferenceHostProgram() }: HelperLimits,
): Promise<unknown> {
  signal.throwIfAborted();
  const child = await startProgram({
    script: program,
    args: [command, JSON.stringify(argument)],
    env: environment(),
  });
  let timedOut = false;
  const kill = () => child.kill();
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  try {
    let told: unknown;
    child.transport.onMessage((message) => {
      told = message;
      // It ends by that.
      child.transport.close();
    });
    const { exitCode, signal: killedBy } = await child.ended;
    signal.throwIfAborted();
    const parsed = answer.safeParse(told);
    if (!parsed.success) {
      throw new SoniError(
        'crashed',
        timedOut
          ? `it took longer than ${Math.round(timeoutSeconds)} s`
          : `it took its process down (${killedBy ?? `exit code ${exitCode}`})`,
      );
    }
    if ('error' in parsed.data) throw SoniError.fromPayload(parsed.data.error);
    return parsed.data.output;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
