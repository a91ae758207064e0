import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { BridgeEvent, BridgeTrack } from '../../main/contracts/bridge.ts';
import { SoniError, asSoniError } from '../../main/contracts/errors.ts';
import type { CompRegion, Take, Track } from '../../main/contracts/session.ts';
import type { Session } from '../../main/engine/session/session.ts';
import { compOf } from '../../main/engine/session/comp.ts';
import { CompChoices } from '../../main/engine/session/compChoices.ts';
import type { AudioBlock } from '../protocol/audioBlock.ts';
import type { Message } from '../protocol/messages.ts';
import { CaptureMemory } from './capture/captureMemory.ts';
import type { BlockPlace } from './capture/passCutter.ts';
import { recoverTakes } from './capture/recoverTakes.ts';
import { answers, listen, type ListenHow, type Listening } from './connect/listen.ts';
import {
  endpointFile,
  newToken,
  privateFolder,
  readEndpoint,
  removeEndpoint,
  sameToken,
  writeEndpoint,
} from './connect/endpoint.ts';
import {
  PluginConnection,
  Refusal,
  type Admission,
  type ConnectionOwner,
  type Hello,
  type RefusalKind,
} from './connect/pluginConnection.ts';
import { LiveTrack, type LiveTrackOwner } from './liveTrack.ts';
import type { RecorderOwner } from './capture/trackRecorder.ts';
import type { CaptureSource } from './captureSource.ts';
import { ReaStreamInput, type ReaStreamOwner } from './reastream/reaStreamInput.ts';
import { TrackBook } from './trackBook.ts';

export interface BridgeOptions {
  readonly session: Session;
  /** Of the app, told to plugins. */
  readonly version: string;
  /** By default where plugins look. */
  readonly endpointFile?: string | undefined;
  readonly listen?: ListenHow | undefined;
  readonly keepAliveSeconds?: number | undefined;
  /** Listens for REAPER's ReaStream on this UDP port. */
  readonly reaStreamPort?: number | undefined;
  /** What may wait in memory for a slow or full disk. */
  readonly memory?: CaptureMemory | undefined;
  /** Serves a connection of the app or the command line that has shown the token. */
  readonly onControl?: ((server: BridgeServer, socket: Socket) => void) | undefined;
}

const mostPlugins = 256;
const tickMs = 400;
/** An event loop that stood still for longer may have missed what plugins said meanwhile. */
const lateMs = 1500;
/** How long a live instance gets to prove that it lives, when another one comes with its id. */
const probeMs = 1000;

/** The app's side of the bridge: plugins come and go, their tracks are captured and given results back. */
export class BridgeServer implements ConnectionOwner, LiveTrackOwner, ReaStreamOwner, AsyncDisposable {
  readonly token = newToken();
  readonly session: Session;
  readonly memory: CaptureMemory;
  readonly appVersion: string;
  readonly keepAliveSeconds: number;
  readonly book: TrackBook;
  readonly compChoices: CompChoices;
  readonly endpointFile: string;
  readonly #connections = new Set<PluginConnection>();
  readonly #live = new Map<string, LiveTrack>();
  readonly #byConnection = new Map<PluginConnection, LiveTrack>();
  /** Tracks whose plugin went away, until their takes are on disk. */
  readonly #leaving = new Set<Promise<void>>();
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  readonly #listening: Listening[] = [];
  readonly #control: BridgeOptions['onControl'];
  #reaStream: ReaStreamInput | undefined;
  #recoveredTakes: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tickedAt = performance.now();
  #troubled = false;
  #closing = false;

  private constructor(options: BridgeOptions) {
    this.session = options.session;
    this.appVersion = options.version;
    this.keepAliveSeconds = options.keepAliveSeconds ?? 2;
    this.endpointFile = options.endpointFile ?? endpointFile();
    this.memory = options.memory ?? new CaptureMemory();
    this.book = new TrackBook(options.session);
    this.compChoices = new CompChoices(options.session);
    this.#control = options.onControl;
  }

  /**
   * Starts listening. What a killed server left behind is cleared away, its takes are made whole.
   * @throws SoniError `busy` when another one serves here | `denied` | `no-space`
   */
  static async start(options: BridgeOptions): Promise<BridgeServer> {
    const server = new BridgeServer(options);
    try {
      await server.#open(options);
    } catch (thrown) {
      await server[Symbol.asyncDispose]();
      throw thrown;
    }
    return server;
  }

  /** As in the endpoint file. */
  get address(): string {
    return this.#listening[0]!.address;
  }

  get controlAddress(): string {
    return this.#listening[1]!.address;
  }

  /** Sentences about the takes of a killed server that were made whole at the start. */
  get recoveredTakes(): readonly string[] {
    return this.#recoveredTakes;
  }

  /** @returns how to stop listening */
  onEvent(listener: (event: BridgeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  live(trackId: string): LiveTrack | undefined {
    return this.#live.get(trackId);
  }

  /** Tracks whose plugin is connected. */
  liveTracks(): Iterable<LiveTrack> {
    return this.#live.values();
  }

  /** Where a track's audio comes from at present. */
  source(trackId: string): CaptureSource | undefined {
    return this.#live.get(trackId) ?? this.#reaStream?.source(trackId);
  }

  sources(): CaptureSource[] {
    return [...this.#live.values(), ...(this.#reaStream?.sources() ?? [])];
  }

  /** Where ReaStream is listened for; null when it is not. */
  get reaStreamAddress(): string | null {
    return this.#reaStream?.address ?? null;
  }

  /** The takes of a track; the one being recorded as long as it is now. */
  takes(trackId: string): Take[] {
    const recorder = this.source(trackId)?.recorder;
    return this.session.tracks
      .takes(trackId)
      .map((take) => (take.id === recorder?.recording ? { ...take, frames: recorder.recordedFrames } : take));
  }

  /** What a track plays of its takes. */
  comp(trackId: string): CompRegion[] {
    return compOf(this.takes(trackId), this.compChoices.of(trackId));
  }

  describe(track: Track): BridgeTrack {
    return {
      ...track,
      plugin: this.source(track.id)?.plugin ?? null,
      takes: this.takes(track.id),
      comp: this.comp(track.id),
      returned: this.session.returns.list(track.id),
    };
  }

  /** Changes a track and tells its plugin. */
  changeTrack(id: string, changes: Parameters<TrackBook['change']>[1]): Track {
    const track = this.book.change(id, changes);
    this.#live.get(id)?.assign();
    this.emit({ type: 'track', track: track.id, name: track.name });
    return track;
  }

  /** Takes the last choice of a take back, or the last undo. @returns whether there was one */
  changeChoices(change: 'undo' | 'redo'): boolean {
    const step = this.compChoices[change]();
    if (step !== undefined) this.emit({ type: 'takes-chosen', reason: step.reason });
    return step !== undefined;
  }

  async #open(options: BridgeOptions): Promise<void> {
    const how = options.listen ?? 'auto';
    const folder = await privateFolder(this.endpointFile);
    const other = await readEndpoint(this.endpointFile);
    if (other !== null && (await answers(other.control))) {
      throw new SoniError(
        'busy',
        `SoniDesk serves already (process ${other.pid}, ${this.endpointFile}). Use that one, end it, or set SONIDESK_BRIDGE to another file.`,
      );
    }
    this.#recoveredTakes = await recoverTakes(this.session);
    this.#listening.push(await listen(folder, 'bridge', how, (socket) => this.#accept(socket)));
    this.#listening.push(
      await listen(folder, 'control', how, (socket) => {
        if (this.#control === undefined) socket.destroy();
        else this.#control(this, socket);
      }),
    );
    await writeEndpoint(this.endpointFile, {
      address: this.address,
      token: this.token,
      control: this.controlAddress,
      pid: process.pid,
    });
    if (options.reaStreamPort !== undefined) {
      this.#reaStream = await ReaStreamInput.open(this, options.reaStreamPort);
    }
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearInterval(this.#timer);
    // Only our own: another server may have taken over.
    const written = await readEndpoint(this.endpointFile);
    if (written !== null && sameToken(written.token, this.token)) await removeEndpoint(this.endpointFile);
    for (const connection of this.#connections) connection.close('SoniDesk was closed.');
    await Promise.all(this.#leaving);
    await this.#reaStream?.[Symbol.asyncDispose]();
    await Promise.all(this.#listening.map((one) => one[Symbol.asyncDispose]()));
  }

  #accept(socket: Socket): void {
    const connection = new PluginConnection(socket, this);
    this.#connections.add(connection);
  }

  #tick(): void {
    const now = performance.now();
    const late = now - this.#tickedAt > lateMs;
    this.#tickedAt = now;
    for (const connection of this.#connections) {
      if (late) connection.forgive(now);
      connection.tick(now);
    }
    try {
      // One transaction, one write of the session file, however many tracks record.
      this.session.transaction(() => {
        for (const live of this.#live.values()) live.recorder?.tick();
        this.#reaStream?.tick();
      });
    } catch (thrown) {
      this.trouble(asSoniError(thrown));
    }
  }

  // ReaStreamOwner

  streamTrack(id: string, name: string): void {
    this.book.admit(id, { name: this.book.get(id)?.name ?? name, slot: 0 });
  }

  // LiveTrackOwner

  recorderOwner(trackId: string, drained: RecorderOwner['drained']): RecorderOwner {
    return {
      session: this.session,
      memory: this.memory,
      track: () => this.track(trackId),
      emit: (event) => this.emit(event),
      trouble: (error) => this.trouble(error),
      recovered: () => this.recovered(),
      drained,
    };
  }

  track(id: string): Track {
    return this.book.get(id)!;
  }

  emit(event: BridgeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Something the user should know, each time it happens. */
  notice({ kind, message }: SoniError): void {
    this.emit({ type: 'trouble', kind, message });
  }

  /** Something that lasts until `recovered`: told once. */
  trouble({ kind, message }: SoniError): void {
    if (this.#troubled) return;
    this.#troubled = true;
    const more =
      kind === 'no-space' ? ' What was captured is safe; recording goes on as soon as there is space.' : '';
    this.emit({ type: 'trouble', kind, message: message + more });
  }

  recovered(): void {
    if (!this.#troubled) return;
    this.#troubled = false;
    this.emit({ type: 'recovered', message: 'Recording goes on: the disk can be written again.' });
  }

  // ConnectionOwner

  async admit(connection: PluginConnection, hello: Hello): Promise<Admission> {
    const before = this.#byConnection.get(connection);
    if (before !== undefined) return { instance: before.id };
    if (this.#live.size >= mostPlugins) {
      throw new Refusal('full', `${mostPlugins} plugins are connected already; remove one.`);
    }
    const other = this.#live.get(hello.instance);
    if (other === undefined) return { instance: this.book.admit(hello.instance, hello).id };
    // A plugin that lost its connection comes again before we have seen the end of the old one.
    if (!(await other.connection.probe(probeMs)) || !other.connection.live) {
      return { instance: this.book.admit(hello.instance, hello).id };
    }
    return { instance: this.book.separate(this.track(other.id), randomUUID(), hello.slot).id };
  }

  welcomed(connection: PluginConnection, hello: Hello, { instance }: Admission): void {
    const known = this.#byConnection.get(connection);
    const live = known ?? new LiveTrack(instance, connection, hello, this);
    if (known === undefined) {
      this.#live.set(instance, live);
      this.#byConnection.set(connection, live);
    } else {
      this.book.admit(instance, hello);
      live.greetAgain(hello);
    }
    live.introduce();
    const { name } = this.track(instance);
    if (known === undefined) this.emit({ type: 'connected', track: instance, name, plugin: live.plugin });
    else this.emit({ type: 'track', track: instance, name });
  }

  audio(connection: PluginConnection, block: AudioBlock, place: BlockPlace): void {
    this.#byConnection.get(connection)!.audio(block, place);
  }

  gap(connection: PluginConnection, place: BlockPlace): void {
    this.#byConnection.get(connection)!.gap(place);
  }

  transport(connection: PluginConnection, message: Message<'transport'>): void {
    this.#byConnection.get(connection)!.transport(message);
  }

  status(connection: PluginConnection, message: Message<'status'>): void {
    this.#byConnection.get(connection)!.status(message);
  }

  parameters(connection: PluginConnection, parameters: Message<'parameters'>): void {
    this.#byConnection.get(connection)!.parameters(parameters);
  }

  congested(connection: PluginConnection): boolean {
    return this.#byConnection.get(connection)?.congested === true;
  }

  refused(kind: RefusalKind, message: string): void {
    this.emit({ type: 'refused', kind, message });
  }

  closed(connection: PluginConnection, reason: string): void {
    this.#connections.delete(connection);
    const live = this.#byConnection.get(connection);
    if (live === undefined) return;
    this.#byConnection.delete(connection);
    if (this.#live.get(live.id) === live) this.#live.delete(live.id);
    const leaving = live.close(this.#closing).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    this.emit({ type: 'disconnected', track: live.id, name: this.track(live.id).name, reason });
  }
}
