import { fork } from 'node:child_process';
import { childTransport } from '../processTransport.ts';
import {
  stderrTailCharacters,
  type ChildProgram,
  type ProgramEnd,
  type ProgramStart,
} from './childProgram.ts';

/** A program as a child of this process. */
export function forkProgram({ script, args, env }: ProgramStart): ChildProgram {
  const child = fork(script, args, {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // In a process group of its own, so that Ctrl-C in a terminal reaches this process alone, which then
    // cancels in order. The program ends itself when its channel closes.
    detached: process.platform !== 'win32',
  });
  let stderrTail = '';
  const { stderr } = child;
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-stderrTailCharacters);
  });
  const ended = new Promise<ProgramEnd>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      const tell = () => resolve({ exitCode, signal, stderrTail });
      // The last words may still be in the pipe. (`close` of the child would wait for them, but it never
      // comes after a disconnect from this side.)
      if (stderr === null || stderr.destroyed) tell();
      else stderr.once('close', tell);
    };
    child.once('exit', end);
    child.once('error', (error) => {
      stderrTail += `\nError: ${error.message}`;
      if (child.pid === undefined) end(null, null);
    });
  });
  return { pid: child.pid, transport: childTransport(child), ended, kill: () => void child.kill('SIGKILL') };
}
