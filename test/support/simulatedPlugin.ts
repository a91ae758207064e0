import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { encodeAudioBlock, type AudioBlock } from '../../plugin-bridge/protocol/audioBlock.ts';
import { FrameDecoder, encodeFrame, type Frame, type FrameType } from '../../plugin-bridge/protocol/frame.ts';
import { encodeGap } from '../../plugin-bridge/protocol/gap.ts';
import { decodeMessage, encodeMessage, type Message } from '../../plugin-bridge/protocol/messages.ts';
import { readEndpoint } from '../../plugin-bridge/server/connect/endpoint.ts';
import { dial } from '../../plugin-bridge/server/connect/listen.ts';

export type PluginFacts = Partial<Message<'hello'>>;

/** What the plugin does on the wire, without a DAW: one connection of it. */
export class SimulatedPlugin implements Disposable {
  readonly received: Frame[] = [];
  instance: string;
  #answerPing = (payload: Uint8Array): unknown => this.send('pong', payload);
  #decoder = new FrameDecoder();
  #sequence = 0n;
  #stream = 0;
  readonly #waiting = new Set<() => void>();

  private constructor(
    readonly socket: Socket,
    readonly facts: Message<'hello'>,
  ) {
    this.instance = facts.instance;
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#wake());
  }

  /** Connects and says hello as the endpoint file says; `welcome` has come when it resolves. */
  static async connect(endpointFile: string, facts: PluginFacts = {}): Promise<SimulatedPlugin> {
    const plugin = await SimulatedPlugin.greet(endpointFile, facts);
    const frame = await plugin.next('welcome', 'refused');
    if (frame.type === 'refused') throw new Error(decodeMessage('refused', frame.payload).message);
    plugin.instance = decodeMessage('welcome', frame.payload).instance;
    return plugin;
  }

  /** Says hello without waiting for the answer. */
  static async greet(endpointFile: string, facts: PluginFacts = {}): Promise<SimulatedPlugin> {
    const plugin = await SimulatedPlugin.open(endpointFile, facts);
    plugin.hello();
    return plugin;
  }

  /** Connects and says nothing. */
  static async open(endpointFile: string, facts: PluginFacts = {}): Promise<SimulatedPlugin> {
    const endpoint = await readEndpoint(endpointFile);
    if (endpoint === null) throw new Error(`no endpoint file ${endpointFile}`);
    return new SimulatedPlugin(await dial(endpoint.address), {
      protocol: { min: 1, max: 1 },
      token: endpoint.token,
      instance: randomUUID(),
      pluginVersion: '0.1.0',
      host: '',
      format: 'test',
      sampleRate: 48_000,
      maxBlockFrames: 1024,
      channels: 2,
      name: '',
      slot: 0,
      ...facts,
    });
  }

  hello(changes: PluginFacts = {}): void {
    this.send('hello', encodeMessage('hello', { ...this.facts, instance: this.instance, ...changes }));
  }

  send(type: FrameType, payload: Uint8Array, stream = 0): boolean {
    return this.socket.write(encodeFrame({ type, flags: 0, stream, sequence: this.nextSequence(), payload }));
  }

  /** For a frame that is written without `send`, at once. */
  nextSequence(): bigint {
    return this.#sequence++;
  }

  /** Sends one block that plays at `hostFrame`. @returns false when the socket's buffer is full */
  play(hostFrame: number, audio: readonly Float32Array[], more: Partial<AudioBlock> = {}): boolean {
    const streamFrame = this.#stream;
    this.#stream += audio[0]!.length;
    const block: AudioBlock = {
      hostFrame: BigInt(hostFrame),
      streamFrame: BigInt(streamFrame),
      playing: true,
      looping: false,
      offline: false,
      musical: null,
      audio,
      ...more,
    };
    return this.send('audio', encodeAudioBlock(block), 1);
  }

  /** Loses frames as a full ring does; with `tell` the gap is sent at once. */
  lose(hostFrame: number, frames: number, tell = true): void {
    const streamFrame = this.#stream;
    this.#stream += frames;
    if (!tell) return;
    this.send(
      'gap',
      encodeGap({ hostFrame: BigInt(hostFrame), streamFrame: BigInt(streamFrame), frames: BigInt(frames) }),
      1,
    );
  }

  stop(hostFrame = 0): void {
    this.send('transport', encodeMessage('transport', { playing: false, hostFrame }));
  }

  /** Answers pings otherwise than by a pong at once. */
  answerPings(answer: (payload: Uint8Array) => unknown): void {
    this.#answerPing = answer;
  }

  /** Resolves when the socket takes more. */
  async drained(): Promise<void> {
    if (this.socket.writableNeedDrain) await once(this.socket, 'drain');
  }

  /** The next frame of one of these types that has not been taken yet. */
  async next(...types: readonly FrameType[]): Promise<Frame> {
    for (;;) {
      const at = this.received.findIndex(({ type }) => types.includes(type));
      if (at >= 0) return this.received.splice(at, 1)[0]!;
      if (this.socket.destroyed) throw new Error(`the connection closed before ${types.join(' or ')}`);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Resolves when the app has handled all that was sent before. */
  async answered(): Promise<void> {
    this.send('ping', new Uint8Array(8).fill(7));
    await this.next('pong');
  }

  async closed(): Promise<void> {
    if (!this.socket.destroyed) await once(this.socket, 'close');
  }

  /** As when the host removes the plugin. */
  async leave(): Promise<void> {
    this.send('bye', encodeMessage('bye', { reason: 'The plugin was removed.' }));
    this.socket.end();
    await this.closed();
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    for (const frame of this.#decoder.push(bytes)) {
      if (frame.type === 'ping') {
        this.#answerPing(frame.payload);
      } else this.received.push(frame);
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
