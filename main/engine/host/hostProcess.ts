import { fork, type ChildProcess } from 'node:child_process';
import { inferenceHost } from '../../contracts/inferenceHost.ts';
import { createClient, type Client } from '../../rpc/client.ts';
import { childTransport } from '../../rpc/processTransport.ts';
import { allocatorSettings } from './allocatorSettings.ts';
import type { CrashReport } from './crashReport.ts';
import type { HostProgram } from './program.ts';

const stderrTailBytes = 8 * 1024;
/** A host that was asked to end does so at once, except in the middle of a model run. */
const closeGraceMs = 2000;

/** One life of the inference host. */
export class HostProcess {
  readonly client: Client<typeof inferenceHost>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<CrashReport>;
  /** True once this side has ended it: then its end is no crash. */
  endedByUs = false;
  #alive = true;
  readonly #child: ChildProcess;

  constructor(program: HostProgram) {
    this.#child = fork(program.script, program.args ?? [], {
      env: { ...allocatorSettings, ...process.env, ...program.env },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // In a process group of its own, so that Ctrl-C in a terminal reaches the engine alone, which then
      // cancels in order. The host ends itself when its channel closes.
      detached: process.platform !== 'win32',
    });
    let stderrTail = '';
    const { stderr } = this.#child;
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderrTail = (stderrTail + text).slice(-stderrTailBytes);
    });
    this.ended = new Promise((resolve) => {
      const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
        this.#alive = false;
        const tell = () => resolve({ exitCode, signal, stderrTail });
        // The last words may still be in the pipe. (`close` of the child would wait for them, but it never
        // comes after a disconnect from this side.)
        if (stderr === null || stderr.destroyed) tell();
        else stderr.once('close', tell);
      };
      this.#child.once('exit', end);
      this.#child.once('error', (error) => {
        stderrTail += `\nError: ${error.message}`;
        if (this.#child.pid === undefined) end(null, null);
      });
    });
    this.client = createClient(inferenceHost, childTransport(this.#child));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#alive && !this.client.closed;
  }

  /** Ends it now, whatever it is doing. */
  kill(): void {
    this.endedByUs = true;
    this.#child.kill('SIGKILL');
  }

  /** Asks it to end, insists after a moment, resolves when it is gone. */
  async close(): Promise<void> {
    this.endedByUs = true;
    this.client.close();
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), closeGraceMs);
    await this.ended;
    clearTimeout(insist);
  }
}
