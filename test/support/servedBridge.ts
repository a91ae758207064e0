import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BridgeEvent } from '../../main/contracts/bridge.ts';
import type { Take } from '../../main/contracts/session.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { Session } from '../../main/engine/session/session.ts';
import { BridgeServer, type BridgeOptions } from '../../plugin-bridge/server/bridgeServer.ts';
import { SimulatedPlugin, type PluginFacts } from './simulatedPlugin.ts';

type EventOf<Type extends BridgeEvent['type']> = Extract<BridgeEvent, { type: Type }>;

/** A bridge server in this process, in a folder of its own, with the events it told. */
export class ServedBridge implements AsyncDisposable {
  readonly events: BridgeEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #server: BridgeServer | undefined;

  private constructor(
    readonly folder: string,
    readonly session: Session,
  ) {}

  /** @param sessionFolder elsewhere, for instance on a small disk */
  static async start(options: Partial<BridgeOptions> = {}, sessionFolder?: string): Promise<ServedBridge> {
    const folder = await mkdtemp(join(tmpdir(), 'sonidesk-bridge-'));
    const session = await Session.open(sessionFolder ?? join(folder, 'session'));
    const served = new ServedBridge(folder, session);
    try {
      await served.serve(options);
      return served;
    } catch (thrown) {
      await served[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get endpointFile(): string {
    return join(this.folder, 'bridge.json');
  }

  get server(): BridgeServer {
    return this.#server!;
  }

  async serve(options: Partial<BridgeOptions> = {}): Promise<void> {
    this.#server = await BridgeServer.start({
      session: this.session,
      version: '0.1.0',
      endpointFile: this.endpointFile,
      ...options,
    });
    this.#server.onEvent((event) => {
      this.events.push(event);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    });
  }

  async stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  connect(facts: PluginFacts = {}): Promise<SimulatedPlugin> {
    return SimulatedPlugin.connect(this.endpointFile, facts);
  }

  /** The next event of this type that was not taken before. */
  async event<Type extends BridgeEvent['type']>(type: Type): Promise<EventOf<Type>> {
    for (;;) {
      const at = this.events.findIndex((each) => each.type === type);
      if (at >= 0) return this.events.splice(at, 1)[0] as EventOf<Type>;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  takePath(take: Take): string {
    return join(this.session.audioDirectory, take.audio);
  }

  /** All of a take's audio. */
  async audioOf(take: Take): Promise<Float32Array[]> {
    const reader = await openWav(this.takePath(take));
    try {
      return await reader.read(0, reader.frames);
    } finally {
      await reader.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    this.session.close();
    await rm(this.folder, { recursive: true });
  }
}

/** Stereo whose samples tell where they are from. */
export const toneAt = (start: number, frames: number): Float32Array[] =>
  [0.5, -0.25].map((gain) =>
    Float32Array.from({ length: frames }, (_, n) => gain * Math.sin((start + n) * 0.01)),
  );

/** Bit for bit; much faster than comparing element by element. */
export const sameAudio = (a: readonly Float32Array[], b: readonly Float32Array[]): boolean =>
  a.length === b.length && a.every((channel, c) => bytesOf(channel).equals(bytesOf(b[c]!)));

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
