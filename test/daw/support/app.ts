import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { bridge, BridgeEvent, BridgeTrack } from '../../../main/contracts/bridge.ts';
import type { Client } from '../../../main/rpc/client.ts';
import type { CallOutput } from '../../../main/rpc/types.ts';
import { connectBridge } from '../../../plugin-bridge/server/control/controlSocket.ts';
import { lastLine, program, runCli } from '../../cli/runCli.ts';
import type { Sandbox } from './sandbox.ts';

/** How long an event may take on a busy machine before a test gives up. */
const patienceMs = 120_000;

type Captured = CallOutput<typeof bridge, 'capture'>;

const facts = ({ name, slot, plugin, takes, returned }: BridgeTrack): string =>
  JSON.stringify({
    name,
    slot,
    message: plugin?.message ?? 'away',
    stems: plugin?.stems.map(({ state }) => state),
    takes: takes.map(({ hostStart, frames, state, gaps }) => ({
      hostStart,
      frames,
      state,
      gaps: gaps.length,
    })),
    returned: returned.map(({ kind, confirmed }) => `${kind}${confirmed === null ? ' waiting' : ''}`),
  });

/** `sonidesk serve` as a user runs it, its events, and the other commands beside it. */
export class App {
  readonly events: BridgeEvent[] = [];
  #client: Client<typeof bridge> | undefined;
  readonly #watchers = new Set<() => void>();

  private constructor(
    private readonly sandbox: Sandbox,
    private readonly process: ChildProcess,
  ) {}

  static async start(sandbox: Sandbox): Promise<App> {
    const child = spawn(
      process.execPath,
      [program, 'serve', '--session', sandbox.path('sonidesk'), '--json'],
      { env: App.#environment(sandbox), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const app = new App(sandbox, child);
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`sonidesk serve ended with ${code}`)));
      lines.once('line', () => resolve());
    });
    lines.on('line', (line) => {
      app.events.push(JSON.parse(line) as BridgeEvent);
      for (const look of app.#watchers) look();
    });
    app.#client = await connectBridge(sandbox.bridge);
    return app;
  }

  static #environment(sandbox: Sandbox): NodeJS.ProcessEnv {
    return { ...process.env, SONIDESK_HOME: sandbox.path('app'), SONIDESK_BRIDGE: sandbox.bridge };
  }

  tracks(): Promise<BridgeTrack[]> {
    return this.#client!.call('tracks', {});
  }

  /** The track of a plugin, by the slot number set in it. */
  async track(slot: number): Promise<BridgeTrack> {
    const found = (await this.tracks()).filter((track) => track.slot === slot);
    if (found.length !== 1) throw new Error(`${found.length} tracks have slot ${slot}`);
    return found[0]!;
  }

  /** Runs a command of `sonidesk` that prints JSON. @throws Error with what it said when it fails */
  async run<Result = unknown>(...args: readonly string[]): Promise<Result> {
    const { code, stdout, stderr } = await runCli([...args, '--json'], {
      home: this.sandbox.path('app'),
      env: { SONIDESK_BRIDGE: this.sandbox.bridge },
    });
    if (code !== 0) throw new Error(`sonidesk ${args.join(' ')} ended with ${code}: ${lastLine(stderr)}`);
    return JSON.parse(stdout) as Result;
  }

  async listen(track: string, source: 'original' | 'stems'): Promise<void> {
    await this.#client!.call('listen', { track, source });
  }

  /** Captures so many seconds of all tracks from the moment `play` starts the transport. */
  async capture(seconds: number, directory: string, play: () => Promise<void>): Promise<Captured> {
    let ready = () => {};
    const waiting = new Promise<void>((resolve) => (ready = resolve));
    const onEvent = ({ state }: { state: string }) => state === 'waiting' && ready();
    const files = this.#client!.call('capture', { seconds, tracks: null, directory }, { onEvent });
    await Promise.race([waiting, files]);
    await play();
    return files;
  }

  /** Waits until the server's tracks are as wanted; looks again whenever something happened. */
  async until<Result>(
    what: string,
    reached: (tracks: readonly BridgeTrack[]) => Result | undefined | false,
  ): Promise<Result> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const happened = this.#next(deadline - Date.now());
      const tracks = await this.tracks();
      const result = reached(tracks);
      if (result !== undefined && result !== false) return result;
      if (!(await happened)) {
        throw new Error(`Waited in vain for ${what}; the app knows ${tracks.map(facts).join(', ')}`);
      }
    }
  }

  /** True when the next event came in time. */
  #next(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (came: boolean) => () => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(came);
      };
      const look = done(true);
      const timer = setTimeout(done(false), Math.max(0, timeoutMs));
      this.#watchers.add(look);
    });
  }

  /** `SIGINT` is Ctrl-C; `SIGKILL` gives it no chance. */
  async end(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    this.#client?.close();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
  }
}
