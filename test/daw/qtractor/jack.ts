import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { sampleRate } from '../support/material.ts';

const execute = promisify(execFile);

/** How long the server waits for what a client plays. */
const clientPatienceMs = 20_000;
const endGraceMs = 2000;
/** One name for all: JACK has places for eight servers of a user, and gives that of a killed one to its own name only. */
const serverName = 'sonidesk-test';

/**
 * A JACK server of our own without a sound card, in real time. It waits for its clients (`--sync`): on a machine that stands
 * still for a moment the transport would run away from a host that was not called.
 */
export class Jack implements AsyncDisposable {
  private constructor(private readonly process: ChildProcess) {}

  static async start(blockFrames: number): Promise<Jack> {
    const engine = ['--no-realtime', '--sync', '--timeout', String(clientPatienceMs), '-n', serverName];
    const driver = ['-d', 'dummy', '-r', String(sampleRate), '-p', String(blockFrames)];
    const server = spawn('jackd', [...engine, ...driver], { stdio: 'ignore' });
    const jack = new Jack(server);
    const ended = once(server, 'exit').then(([code]) => {
      throw new Error(`jackd ended with ${code}`);
    });
    await Promise.race([ended, execute('jack_wait', ['-s', serverName, '-w', '-t', '120'])]);
    ended.catch(() => undefined);
    return jack;
  }

  get environment(): NodeJS.ProcessEnv {
    return { JACK_DEFAULT_SERVER: serverName, JACK_NO_START_SERVER: '1' };
  }

  /** The ports of the clients. */
  async ports(): Promise<string[]> {
    const { stdout } = await execute('jack_lsp', [], { env: { ...process.env, ...this.environment } });
    return stdout.split('\n').filter((line) => line !== '');
  }

  /** Commands of the shared transport: "locate FRAME", "play", "stop". */
  async transport(...commands: readonly string[]): Promise<void> {
    const control = spawn('jack_transport', [], {
      env: { ...process.env, ...this.environment },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(control, 'exit');
    control.stdin.end([...commands, 'exit', ''].join('\n'));
    await ended;
  }

  /** Asked to end it waits for a client that was killed, and longer than anybody would. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const insist = setTimeout(() => this.process.kill('SIGKILL'), endGraceMs);
    await ended;
    clearTimeout(insist);
  }
}
