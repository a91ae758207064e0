import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bridgeEvent, type BridgeEvent } from '../../main/contracts/bridge.ts';
import { program } from '../cli/runCli.ts';

type EventOf<Type extends BridgeEvent['type']> = Extract<BridgeEvent, { type: Type }>;

/** `sonidesk serve --json` in a process of its own, as a user runs it. */
export class ServingCli {
  readonly events: BridgeEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #exit: Promise<number | null>;
  #stderr = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly endpointFile: string,
  ) {
    this.#exit = once(child, 'close').then(([code]) => code as number | null);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
  }

  static env(home: string): { SONIDESK_BRIDGE: string } {
    return { SONIDESK_BRIDGE: join(home, 'sonidesk', 'bridge.json') };
  }

  /** @param home SONIDESK_HOME; the endpoint file lies in it too */
  static async start(home: string, session: string): Promise<ServingCli> {
    const { SONIDESK_BRIDGE } = ServingCli.env(home);
    const env = { ...process.env, SONIDESK_HOME: home, SONIDESK_BRIDGE };
    const child = spawn(process.execPath, [program, 'serve', '--session', session, '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const serving = new ServingCli(child, SONIDESK_BRIDGE);
    const lines = createInterface({ input: child.stdout });
    // One chunk may hold the first line and events: whoever listens only after the first has lost these.
    const ready = new Promise<void>((resolve) => {
      lines.once('line', () => {
        lines.on('line', (line) => serving.#heard(bridgeEvent.parse(JSON.parse(line))));
        resolve();
      });
    });
    const ended = serving.#exit.then((code) => {
      throw new Error(`serve ended with ${code}: ${serving.#stderr}`);
    });
    ended.catch(() => undefined);
    await Promise.race([ready, ended]);
    return serving;
  }

  /** The next event of this type that was not taken before. */
  async event<Type extends BridgeEvent['type']>(type: Type): Promise<EventOf<Type>> {
    for (;;) {
      const at = this.events.findIndex((each) => each.type === type);
      if (at >= 0) return this.events.splice(at, 1)[0] as EventOf<Type>;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The exit code. */
  get ended(): Promise<number | null> {
    return this.#exit;
  }

  /** As when the program that reads the events ends. */
  closeOutput(): void {
    this.child.stdout!.destroy();
  }

  /** @returns the exit code */
  end(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return this.#exit;
  }

  #heard(event: BridgeEvent): void {
    this.events.push(event);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
