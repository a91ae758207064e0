import { MessageChannelMain, utilityProcess, type UtilityProcess } from 'electron';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectMessage, programRequest, type ProgramNews } from '../contracts/utilityPrograms.ts';
import { stderrTailCharacters, type ProgramEnd } from '../rpc/program/childProgram.ts';

/** What a utility process may have started; nothing else, whatever it asks for. */
const inferenceProgram = fileURLToPath(new URL('./inference-host.js', import.meta.url));
/** The last words of a dead process come at once, if there are any. */
const lastWordsMs = 500;

export interface Utility {
  readonly process: UtilityProcess;
  /** Resolves when it is gone. */
  readonly ended: Promise<ProgramEnd>;
  kill(): void;
}

interface UtilityStart {
  readonly script: string;
  readonly args?: string[];
  readonly env?: Record<string, string>;
  /** As the system's list of processes and `app.getAppMetrics` name it. */
  readonly name: string;
}

/**
 * A program of ours as a utility process, and what it asks for in turn: utility processes can only be started from here.
 * What it has started ends with it, at once, so that its successor finds nobody writing into its folders.
 */
export function startUtility({ script, args = [], env, name }: UtilityStart): Utility {
  const child = utilityProcess.fork(script, args, {
    serviceName: name,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(env !== undefined && { env }),
  });
  const started = new Map<number, Utility>();
  let alive = true;
  const tell = (news: ProgramNews, ports: Electron.MessagePortMain[] = []) => {
    if (alive) child.postMessage(news, ports);
  };
  const tellEnd = async (id: number, program: Utility) => {
    const end = await program.ended;
    started.delete(id);
    tell({ type: 'program-ended', id, ...end });
  };
  child.on('message', (message: unknown) => {
    const parsed = programRequest.safeParse(message);
    if (!parsed.success) return;
    const request = parsed.data;
    const { id } = request;
    if (request.type === 'kill-program') {
      started.get(id)?.kill();
      return;
    }
    if (request.script !== inferenceProgram) {
      const stderrTail = `Error: ${request.script} is no program of this app.`;
      tell({ type: 'program-ended', id, exitCode: null, signal: null, stderrTail });
      return;
    }
    const program = startUtility({ ...request, name: 'SoniDesk inference' });
    started.set(id, program);
    program.process.once('spawn', () => {
      const { port1, port2 } = new MessageChannelMain();
      program.process.postMessage(connectMessage, [port1]);
      tell({ type: 'program-started', id, pid: program.process.pid! }, [port2]);
    });
    void tellEnd(id, program);
  });

  let stderrTail = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    stderrTail = (stderrTail + bytes.toString()).slice(-stderrTailCharacters);
    process.stderr.write(bytes);
  });
  const kill = () => {
    // Electron's own way lets a process of a model that runs go on for as long as that takes.
    if (alive && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
  };
  const silent = new Promise<void>((resolve) => {
    if (child.stderr === null) resolve();
    else child.stderr.once('close', resolve);
  });
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code) => {
      alive = false;
      for (const program of started.values()) program.kill();
      resolve(code);
    });
  });
  const end = async (): Promise<ProgramEnd> => {
    const code = await exited;
    await Promise.race([silent, sleep(lastWordsMs)]);
    return { ...endOf(code), stderrTail };
  };
  return { process: child, ended: end(), kill };
}

/** Chromium gives the number of the signal for the exit code; our own programs end with 0 and 1 only. */
function endOf(code: number): Pick<ProgramEnd, 'exitCode' | 'signal'> {
  const signal =
    process.platform === 'win32' || code <= 1
      ? undefined
      : Object.entries(constants.signals).find(([, number]) => number === code)?.[0];
  return signal === undefined
    ? { exitCode: code, signal: null }
    : { exitCode: null, signal: signal as NodeJS.Signals };
}
