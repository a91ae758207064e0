import { MessageChannelMain, type MessagePortMain } from 'electron';
import { fileURLToPath } from 'node:url';
import { desk } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import { describeCrash } from '../engine/host/crashReport.ts';
import { createClient, type Client } from '../rpc/client.ts';
import { connectMessage, endMessage, refusal } from '../contracts/utilityPrograms.ts';
import { messagePortTransport } from '../rpc/messagePortTransport.ts';
import { startUtility, type Utility } from './utilityPrograms.ts';

const firstRestartMs = 200;
const longestRestartMs = 10_000;
/** Who has lived this long has not died of starting. */
const settledMs = 30_000;
const closeGraceMs = 4000;

const program = fileURLToPath(new URL('./desk-process.js', import.meta.url));

/**
 * The engine's process, started again whenever it dies, later each time while it keeps dying. Windows connect anew by
 * themselves; the job that was running waits in the queue, and goes on where it was.
 */
export class DeskSupervisor {
  #process: Utility | null = null;
  #client: Client<typeof desk> | null = null;
  #closing = false;
  #restartMs = firstRestartMs;
  #busy = false;
  #refused = false;

  /** @param askAgain told why the process cannot do its work; resolves when it may try again */
  constructor(
    private readonly onCrash: (message: string) => void,
    private readonly askAgain: (message: string) => Promise<void>,
    private readonly onIdle: () => void,
  ) {
    this.#start();
  }

  /** Whether jobs are running or waiting. */
  get busy(): boolean {
    return this.#busy;
  }

  get pid(): number | undefined {
    return this.#process?.process.pid;
  }

  /** A connection for a window. */
  connect(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    if (this.#process === null) port2.close();
    else this.#process.process.postMessage(connectMessage, [port2]);
    return port1;
  }

  /** @throws SoniError `crashed` while the process is not there */
  async mediumFile(medium: string): Promise<string> {
    if (this.#client === null) throw new SoniError('crashed', 'The engine is starting again.');
    return await this.#client.call('mediumFile', { medium });
  }

  /** Lets the process put its work away; what does not end in time is ended. */
  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#process;
    if (child === null) return;
    child.process.postMessage(endMessage);
    const insist = setTimeout(() => child.kill(), closeGraceMs);
    await child.ended;
    clearTimeout(insist);
  }

  #start(): void {
    const started = Date.now();
    const child = startUtility({ script: program, name: 'SoniDesk engine' });
    this.#process = child;
    child.process.once('exit', () => {
      this.#process = null;
      this.#client?.close();
      this.#client = null;
    });
    child.process.on('message', (message: unknown) => {
      const refused = refusal.safeParse(message);
      if (refused.success) void this.#ask(child, refused.data.message);
    });
    void this.#restart(child, started);
    this.#client = createClient(desk, messagePortTransport(this.connect()));
    const jobs = this.#client.subscribe('jobs', (event) => {
      const wasBusy = this.#busy;
      this.#busy = event.jobs.some(({ state }) => state === 'running' || state === 'queued');
      if (wasBusy && !this.#busy) this.onIdle();
    });
    // It ends with the process, which is told above.
    jobs.ended.catch(() => undefined);
  }

  async #ask(child: Utility, message: string): Promise<void> {
    await this.askAgain(message);
    this.#refused = true;
    child.process.postMessage(endMessage);
  }

  async #restart(child: Utility, started: number): Promise<void> {
    const end = await child.ended;
    if (this.#closing) return;
    if (this.#refused) {
      this.#refused = false;
      this.#start();
      return;
    }
    this.onCrash(`The engine ended unexpectedly; ${describeCrash(end)} It is started again.`);
    this.#restartMs =
      Date.now() - started > settledMs ? firstRestartMs : Math.min(longestRestartMs, 2 * this.#restartMs);
    setTimeout(() => this.#start(), this.#restartMs);
  }
}
