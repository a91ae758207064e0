import { spawn } from 'node:child_process';
import { z } from 'zod';
import { SoniError, errorPayload } from '../../contracts/errors.ts';
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
  const child = spawn(process.execPath, [program, command, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, // inside Electron its binary is the Node there is
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  let timedOut = false;
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutSeconds * 1000);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const ended = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
    });
    signal.throwIfAborted();
    const parsed = answer.safeParse(parseJson(output.trimEnd().split('\n').pop() ?? ''));
    if (!parsed.success) {
      throw new SoniError(
        'crashed',
        timedOut
          ? `it took longer than ${Math.round(timeoutSeconds)} s`
          : `it took its process down (${ended})`,
      );
    }
    if ('error' in parsed.data) throw SoniError.fromPayload(parsed.data.error);
    return parsed.data.output;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the process died before its answer
  }
}
