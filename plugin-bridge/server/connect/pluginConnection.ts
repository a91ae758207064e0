import type { Socket } from 'node:net';
import { SoniError, asSoniError } from '../../../main/contracts/errors.ts';
import { decodeAudioBlock } from '../../protocol/audioBlock.ts';
import {
  FrameDecoder,
  encodeFrame,
  maxPayloadBytes,
  moreFollows,
  protocolVersion,
  type Frame,
  type FrameType,
} from '../../protocol/frame.ts';
import { decodeGap } from '../../protocol/gap.ts';
import { decodeMessage, encodeMessage, type Message, type MessageType } from '../../protocol/messages.ts';
import type { AudioBlock } from '../../protocol/audioBlock.ts';
import type { BlockPlace } from '../capture/passCutter.ts';
import { sameToken } from './endpoint.ts';

export type Hello = Message<'hello'>;
export type RefusalKind = Message<'refused'>['kind'];

/** What becomes of an instance that said hello. */
export interface Admission {
  /** The id it keeps from now on. */
  readonly instance: string;
}

/** Who hears what a plugin says. All calls are in the order of the stream. */
export interface ConnectionOwner {
  readonly token: string;
  readonly appVersion: string;
  readonly keepAliveSeconds: number;
  /** @throws Refusal */
  admit(connection: PluginConnection, hello: Hello): Promise<Admission>;
  /** `welcome` has been sent. */
  welcomed(connection: PluginConnection, hello: Hello, admission: Admission): void;
  audio(connection: PluginConnection, block: AudioBlock, place: BlockPlace): void;
  gap(connection: PluginConnection, place: BlockPlace): void;
  transport(connection: PluginConnection, message: Message<'transport'>): void;
  status(connection: PluginConnection, message: Message<'status'>): void;
  parameters(connection: PluginConnection, message: Message<'parameters'>): void;
  /** Whether reading must wait: the disk is slower than the plugin. */
  congested(connection: PluginConnection): boolean;
  refused(kind: RefusalKind, message: string): void;
  /** Once, whoever ended it. */
  closed(connection: PluginConnection, reason: string): void;
}

/** Why an instance is not let in. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly kind: RefusalKind,
    message: string,
  ) {
    super(message);
  }
}

/** A plugin that lets so much wait does not read: the longest list of notes is 32 MiB. */
const longestOutgoingBytes = 48 << 20;
const helloWithinMs = 10_000;

/** The app's end of one plugin's connection: handshake, keep-alive, order, back-pressure. */
export class PluginConnection {
  readonly #decoder = new FrameDecoder();
  #sequence = 0n;
  #state: 'greeting' | 'welcomed' | 'closed' = 'greeting';
  /** Frames that came while a hello is being looked at. */
  #held: Frame[] | undefined;
  #opened = performance.now();
  #sentAt = this.#opened;
  #heardAt = this.#opened;
  #pings = 0n;
  readonly #awaited = new Map<bigint, () => void>();

  constructor(
    private readonly socket: Socket,
    private readonly owner: ConnectionOwner,
  ) {
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('close', () => this.#closed('the plugin went away'));
    socket.on('error', () => socket.destroy());
  }

  get live(): boolean {
    return this.#state === 'welcomed';
  }

  /** Sends a control message; nothing happens once the connection is closed. */
  say<T extends MessageType>(type: T, message: Message<T>): void {
    this.#send(type, encodeMessage(type, message));
  }

  /** A long list goes in several frames. */
  sendNotes(payload: Uint8Array): void {
    for (let at = 0; at === 0 || at < payload.length; at += maxPayloadBytes) {
      const more = at + maxPayloadBytes < payload.length;
      this.#send('notes', payload.subarray(at, at + maxPayloadBytes), more ? moreFollows : 0);
    }
  }

  /** Calls back when the plugin has handled all that was sent before. */
  whenHandled(done: () => void): void {
    const stamp = this.#pings++;
    this.#awaited.set(stamp, done);
    const payload = Buffer.alloc(8);
    payload.writeBigUInt64LE(stamp);
    this.#send('ping', payload);
  }

  /** Reads on after waiting for the disk. */
  resume(): void {
    if (this.socket.isPaused() && !this.owner.congested(this)) {
      this.#heardAt = performance.now();
      this.socket.resume();
    }
  }

  /** Whether the plugin still answers: its own pong, or the end of the stream, whichever comes first. */
  async probe(timeoutMs: number): Promise<boolean> {
    if (this.#state === 'closed') return false;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), timeoutMs);
      const settle = (alive: boolean) => {
        clearTimeout(timer);
        resolve(alive);
      };
      this.socket.once('close', () => settle(false));
      this.whenHandled(() => settle(true));
      this.socket.resume();
    });
  }

  /** To be called every 400 ms. */
  tick(now: number): void {
    if (this.#state === 'closed' || this.socket.isPaused()) return;
    const interval = this.owner.keepAliveSeconds * 1000;
    if (this.#state === 'greeting') {
      if (now - this.#opened > helloWithinMs) this.#refuse('protocol', 'No hello came within 10 seconds.');
      return;
    }
    if (now - this.#heardAt > 3 * interval) this.#end(`nothing was heard for ${(3 * interval) / 1000} s`);
    else if (now - this.#sentAt > interval) this.whenHandled(() => undefined);
  }

  /** The event loop stood still: silence of that time is not the plugin's. */
  forgive(now: number): void {
    this.#heardAt = now;
  }

  /** Says goodbye. */
  close(reason: string): void {
    if (this.#state === 'welcomed') this.say('bye', { reason });
    this.#end(reason);
  }

  #receive(bytes: Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#heardAt = performance.now();
    try {
      for (const frame of this.#decoder.push(bytes)) {
        if (this.#held === undefined) this.#handle(frame);
        else this.#held.push(frame);
        if (this.#isClosed()) return;
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
    if (!this.#isClosed() && this.owner.congested(this)) this.socket.pause();
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #fail(thrown: unknown): void {
    if (thrown instanceof Refusal) {
      this.#refuse(thrown.kind, thrown.message);
      return;
    }
    const error = asSoniError(thrown);
    this.#refuse(error.kind === 'newer-format' ? 'version' : 'protocol', error.message.slice(0, 1000));
  }

  #handle(frame: Frame): void {
    if (frame.type === 'hello') {
      this.#greet(decodeMessage('hello', frame.payload));
      return;
    }
    if (this.#state !== 'welcomed') {
      throw new Refusal('protocol', `A "${frame.type}" frame came before the hello.`);
    }
    switch (frame.type) {
      case 'audio': {
        const block = decodeAudioBlock(frame.payload);
        this.owner.audio(this, block, placeOf(block, block.audio[0]?.length ?? 0));
        break;
      }
      case 'gap': {
        const gap = decodeGap(frame.payload);
        this.owner.gap(this, placeOf(gap, safe(gap.frames)));
        break;
      }
      case 'ping':
        if (frame.payload.length > 64) throw new Refusal('protocol', 'A ping of more than 64 bytes.');
        this.#send('pong', frame.payload);
        break;
      case 'pong':
        this.#pong(frame.payload);
        break;
      case 'bye':
        this.#end(decodeMessage('bye', frame.payload).reason);
        break;
      case 'transport':
        this.owner.transport(this, decodeMessage('transport', frame.payload));
        break;
      case 'parameters':
        this.owner.parameters(this, decodeMessage('parameters', frame.payload));
        break;
      case 'status':
        this.owner.status(this, decodeMessage('status', frame.payload));
        break;
      case 'welcome':
      case 'refused':
      case 'assign':
      case 'stems':
      case 'notes':
      case 'strip':
      case 'monitor':
        throw new Refusal('protocol', `A "${frame.type}" frame goes from the app to the plugin.`);
    }
  }

  #greet(hello: Hello): void {
    if (!sameToken(hello.token, this.owner.token)) {
      throw new Refusal(
        'token',
        'The token is not the one of this SoniDesk; it was restarted. Trying again helps.',
      );
    }
    if (hello.protocol.min > protocolVersion || hello.protocol.max < protocolVersion) {
      throw new Refusal(
        'version',
        `The plugin speaks bridge protocol ${hello.protocol.min} to ${hello.protocol.max}, SoniDesk ${protocolVersion}. Install the same SoniDesk version on both sides.`,
      );
    }
    if (!Number.isInteger(hello.sampleRate)) {
      throw new Refusal('protocol', `A sample rate of ${hello.sampleRate} Hz cannot be recorded.`);
    }
    this.#held = [];
    this.owner.admit(this, hello).then(
      (admission) => this.#admitted(hello, admission),
      (thrown: unknown) => this.#fail(thrown),
    );
  }

  #admitted(hello: Hello, admission: Admission): void {
    if (this.#state === 'closed') return;
    this.#state = 'welcomed';
    const { appVersion, keepAliveSeconds } = this.owner;
    this.say('welcome', {
      protocol: protocolVersion,
      appVersion,
      instance: admission.instance,
      keepAliveSeconds,
    });
    const held = this.#held ?? [];
    this.#held = undefined;
    try {
      this.owner.welcomed(this, hello, admission);
      for (const frame of held) if (!this.#isClosed()) this.#handle(frame);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #pong(payload: Uint8Array): void {
    if (payload.length !== 8) return;
    const stamp = new DataView(payload.buffer, payload.byteOffset, 8).getBigUint64(0, true);
    const done = this.#awaited.get(stamp);
    this.#awaited.delete(stamp);
    done?.();
  }

  #send(type: FrameType, payload: Uint8Array, flags = 0): void {
    if (this.#state === 'closed' || !this.socket.writable) return;
    this.#sentAt = performance.now();
    this.socket.write(encodeFrame({ type, flags, stream: 0, sequence: this.#sequence++, payload }));
    if (this.socket.writableLength > longestOutgoingBytes) {
      this.#closed('the plugin does not read what it is sent');
      this.socket.destroy();
    }
  }

  #refuse(kind: RefusalKind, message: string): void {
    if (this.#state === 'closed') return;
    this.owner.refused(kind, message);
    this.say('refused', { kind, message });
    this.#end(message);
  }

  #end(reason: string): void {
    this.socket.end();
    this.#closed(reason);
    // A plugin that does not close its end is not waited for; what it still sends is dropped.
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), 1000).unref();
  }

  #closed(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#awaited.clear();
    this.owner.closed(this, reason);
  }
}

function safe(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new SoniError('bad-input', `A position of ${value} frames is beyond any timeline.`);
  }
  return number;
}

const placeOf = (at: { hostFrame: bigint; streamFrame: bigint }, frames: number): BlockPlace => ({
  hostFrame: safe(at.hostFrame),
  streamFrame: safe(at.streamFrame),
  frames,
});
