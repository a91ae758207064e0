import { once } from 'node:events';
import type { Socket } from 'node:net';
import { encodeAudioBlock } from '../../plugin-bridge/protocol/audioBlock.ts';
import { encodeFrame, headerBytes } from '../../plugin-bridge/protocol/frame.ts';
import { SimulatedPlugin } from './simulatedPlugin.ts';

/** Frames after which the signal of an instance repeats. */
const period = 16_384;
/** What the plugin keeps for an app that does not read: its ring and the memory behind it. */
export const pluginHoldsMiB = 8 + 256;

/** The signal of one instance: noise of its own, so that a frame in the wrong place or file shows. */
export function pattern(index: number): Float32Array[] {
  let state = (index + 1) * 0x9e3779b1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  return [0, 1].map(() => Float32Array.from({ length: period }, next));
}

/** The blocks of one period as frames, at position and sequence 0. */
function encoded(index: number, block: number): Buffer[] {
  const audio = pattern(index);
  return Array.from({ length: period / block }, (_, k) =>
    Buffer.from(
      encodeFrame({
        type: 'audio',
        flags: 0,
        stream: 1,
        sequence: 0n,
        payload: encodeAudioBlock({
          hostFrame: 0n,
          streamFrame: 0n,
          playing: true,
          looping: false,
          offline: false,
          musical: { bpm: 120, bar: 1, beat: 1, beatFraction: 0, beatsPerBar: 4, beatUnit: 4 },
          audio: audio.map((channel) => channel.subarray(k * block, (k + 1) * block)),
        }),
      }),
    ),
  );
}

/** A plugin that streams as fast as told, cheaply: its frames are made once, only their positions change. */
export class LoadPlugin {
  dropped = 0;
  mostWaiting = 0;
  readonly instance: string;
  readonly #socket: Socket;
  readonly #frames: Buffer[];
  #sent = 0;

  private constructor(
    readonly plugin: SimulatedPlugin,
    readonly index: number,
    private readonly block: number,
    private readonly holdsBytes: number,
    frames: Buffer[],
  ) {
    this.instance = plugin.instance;
    this.#socket = plugin.socket;
    this.#frames = frames;
  }

  /** @param block frames of a host block; a power of two up to 16,384 */
  static async connect(
    endpointFile: string,
    index: number,
    block: number,
    holdsMiB = pluginHoldsMiB,
  ): Promise<LoadPlugin> {
    // Made before: who is connected has to answer pings.
    const frames = encoded(index, block);
    const plugin = await SimulatedPlugin.connect(endpointFile, { name: `Load ${index + 1}` });
    return new LoadPlugin(plugin, index, block, holdsMiB * 2 ** 20, frames);
  }

  /** Sends whole blocks up to `frames` since the start. @returns frames sent so far */
  playTo(frames: number): number {
    const pieces: Buffer[] = [];
    const waiting = this.#socket.writableLength;
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    while (this.#sent + this.block <= frames) {
      if (waiting > this.holdsBytes) {
        this.dropped += this.block;
        this.#sent += this.block;
        continue;
      }
      const frame = Buffer.from(this.#frames[(this.#sent / this.block) % this.#frames.length]!);
      frame.writeBigUInt64LE(this.plugin.nextSequence(), 16);
      frame.writeBigInt64LE(BigInt(this.#sent), headerBytes);
      frame.writeBigUInt64LE(BigInt(this.#sent), headerBytes + 8);
      pieces.push(frame);
      this.#sent += this.block;
    }
    if (pieces.length > 0) this.#socket.write(Buffer.concat(pieces));
    return this.#sent;
  }

  /** The app ended the connection: what is sent goes nowhere. */
  get cutOff(): boolean {
    return this.#socket.destroyed;
  }

  /** Frames that the system has taken from us; the app may not have read them. */
  get handedOver(): number {
    return this.#sent - Math.ceil(this.#socket.writableLength / this.#frames[0]!.length) * this.block;
  }

  /** Hangs up when all is sent. */
  async finish(): Promise<void> {
    this.plugin.answerPings(() => undefined);
    this.#socket.end();
    this.#socket.resume();
    if (!this.#socket.destroyed) await once(this.#socket, 'close');
  }
}
