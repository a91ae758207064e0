import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { LivePlugin } from '../../../main/contracts/bridge.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import type { Samples } from '../../../main/contracts/units.ts';
import { TrackRecorder, type RecorderFormat, type RecorderOwner } from '../capture/trackRecorder.ts';
import type { CaptureSource } from '../captureSource.ts';
import { parseReaStream, type ReaStreamPacket } from './packet.ts';

/** ReaStream's default port. */
export const reaStreamPort = 58_710;
/** The datagrams of a second at 48 kHz stereo are 400 kB; the system may give less. */
const receiveBufferBytes = 4 << 20;
/** ReaStream sends silence for ever while the transport stands: so much of it ends a take. */
const silenceEndsSeconds = 1;

export interface ReaStreamOwner {
  /** The track of a stream, made when it is new. */
  streamTrack(id: string, name: string): void;
  recorderOwner(trackId: string, drained: null): RecorderOwner;
  /** Something the user should know. */
  notice(error: SoniError): void;
}

/** A track that comes from ReaStream. It has no position: its takes start at frame 0. */
class ReaStreamTrack implements CaptureSource {
  readonly recorder: TrackRecorder;
  #position: Samples = 0;
  #silent: Samples = 0;
  #playing = false;

  constructor(
    readonly id: string,
    private format: RecorderFormat,
    owner: RecorderOwner,
  ) {
    this.recorder = new TrackRecorder(owner, format);
  }

  get sampleRate(): number {
    return this.format.sampleRate;
  }

  get plugin(): LivePlugin {
    const { sampleRate, channels } = this.format;
    return {
      host: 'REAPER',
      format: 'ReaStream',
      pluginVersion: '',
      sampleRate,
      maxBlockFrames: 300,
      channels,
      recording: this.recorder.recording,
      droppedFrames: 0,
      missedFrames: 0,
      stems: [],
      parameters: {},
      message: 'ReaStream carries sound only: no positions, and nothing goes back.',
    };
  }

  take({ audio, sampleRate }: ReaStreamPacket): void {
    const frames = audio[0]!.length;
    if (sampleRate !== this.format.sampleRate || audio.length !== this.format.channels) {
      this.stop();
      this.format = { sampleRate, channels: audio.length };
      this.recorder.reformat(this.format);
    }
    const quiet = audio.every((channel) => channel.every((sample) => sample === 0));
    this.#silent = quiet ? this.#silent + frames : 0;
    if (quiet && !this.#playing) return;
    this.#playing = true;
    const hostFrame = this.#position;
    this.#position += frames;
    const place = { hostFrame, streamFrame: hostFrame, frames };
    this.recorder.block({ audio, playing: true, musical: null }, place);
    if (this.#silent > silenceEndsSeconds * this.sampleRate) this.stop();
  }

  /** The take is over, the next one starts anew. */
  stop(): void {
    this.recorder.stop();
    this.#playing = false;
    this.#position = 0;
  }

  tick(): void {
    this.recorder.tick();
    if (this.#playing && this.recorder.idleMs > 1000 * silenceEndsSeconds) this.stop();
  }
}

/** Records what REAPER sends with its ReaStream plug-in, each identifier as a track of its own. */
export class ReaStreamInput implements AsyncDisposable {
  readonly #tracks = new Map<string, ReaStreamTrack>();
  #dropsSeen = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly owner: ReaStreamOwner,
  ) {
    socket.on('message', (datagram) => this.#receive(datagram));
  }

  /** @throws SoniError `busy` when the port is taken */
  static async open(owner: ReaStreamOwner, port: number = reaStreamPort): Promise<ReaStreamInput> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes });
    try {
      // Loopback only: what is on the network is no business of ours.
      socket.bind(port, '127.0.0.1');
      await once(socket, 'listening');
    } catch (thrown) {
      socket.close();
      throw new SoniError(
        'busy',
        `The ReaStream port ${port} cannot be used (${thrown instanceof Error ? thrown.message : String(thrown)}). Another program may hold it.`,
        undefined,
        { cause: thrown },
      );
    }
    socket.on('error', (error) => owner.notice(new SoniError('internal', `ReaStream: ${error.message}`)));
    return new ReaStreamInput(socket, owner);
  }

  get address(): string {
    const { address, port } = this.socket.address();
    return `udp:${address}:${port}`;
  }

  sources(): Iterable<CaptureSource> {
    return this.#tracks.values();
  }

  source(trackId: string): CaptureSource | undefined {
    return this.#tracks.get(trackId);
  }

  /** To be called every 400 ms. */
  tick(): void {
    for (const track of this.#tracks.values()) track.tick();
    void this.#countDrops();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
    await Promise.all([...this.#tracks.values()].map((track) => track.recorder.close(true)));
  }

  #receive(datagram: Uint8Array): void {
    const packet = parseReaStream(datagram);
    if (packet === null || packet.audio[0]!.length === 0) return;
    const id = trackId(packet.identifier);
    let track = this.#tracks.get(id);
    if (track === undefined) {
      this.owner.streamTrack(id, packet.identifier || 'ReaStream');
      const format = { sampleRate: packet.sampleRate, channels: packet.audio.length };
      track = new ReaStreamTrack(id, format, this.owner.recorderOwner(id, null));
      this.#tracks.set(id, track);
    }
    track.take(packet);
  }

  /** Linux counts the datagrams for which the socket had no room; elsewhere nobody knows. */
  async #countDrops(): Promise<void> {
    const table = await readFile('/proc/net/udp', 'latin1').catch(() => '');
    const port = this.socket.address().port.toString(16).toUpperCase().padStart(4, '0');
    const line = table.split('\n').find((each) => each.includes(`:${port} `));
    const drops = Number(line?.trim().split(/\s+/).at(-1) ?? 0);
    if (drops > this.#dropsSeen) {
      const lost = drops - this.#dropsSeen;
      this.owner.notice(
        new SoniError(
          'bad-input',
          `${lost} ReaStream packets were lost: this machine was too busy. Where is not known.`,
        ),
      );
    }
    this.#dropsSeen = Math.max(this.#dropsSeen, drops);
  }
}

/** Always the same for one identifier, in the form of an instance id. */
function trackId(identifier: string): string {
  const hex = createHash('sha256').update(`reastream:${identifier}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
