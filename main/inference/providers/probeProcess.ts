import { spawn } from 'node:child_process';
import { SoniError } from '../../contracts/errors.ts';
import { inferenceHostProgram } from '../installation.ts';
import { probeCommand, probeResult, type ProbeArguments, type ProbeResult } from './probe.ts';

export interface ProbeLimits {
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** Another program than the built inference host, for tests. */
  readonly program?: string;
}

/**
 * Tries a provider in a throw-away process. A crash or a hang of it is an answer like any other.
 * @throws AbortError when cancelled
 */
export async function probeProvider(wanted: ProbeArguments, limits: ProbeLimits): Promise<ProbeResult> {
  const { signal, timeoutSeconds } = limits;
  signal.throwIfAborted();
  const child = spawn(
    process.execPath,
    [limits.program ?? inferenceHostProgram(), probeCommand, JSON.stringify(wanted)],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
  );
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
    const lastLine = output.trimEnd().split('\n').pop() ?? '';
    const result = probeResult.safeParse(parseJson(lastLine));
    if (result.success) return result.data;
    return failure(
      timedOut
        ? `it took longer than ${Math.round(timeoutSeconds)} s`
        : `it took its process down (${ended})`,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

const failure = (message: string): ProbeResult => ({ error: new SoniError('crashed', message).toPayload() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the process died before its answer
  }
}
