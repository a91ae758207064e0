import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { fromBuffer, toBuffer } from 'osc-min';
import { SoniError } from '../../../main/contracts/errors.ts';

export interface OscMessage {
  readonly address: string;
  readonly args: readonly OscValue[];
}
export type OscValue = number | string | bigint | boolean | null;

/** An argument to send: OSC keeps whole and real numbers apart. */
export type OscArgument = { readonly int: number } | { readonly float: number };

/** Of datagrams: what has not been answered by then is asked again. */
const againMs = 700;
const tries = 6;
const loopback = '127.0.0.1';

/** OSC over UDP with one program on this machine. It makes its socket when it is used first. */
export class OscLink {
  #socket: Promise<Socket> | null = null;
  readonly #hear = new Set<(message: OscMessage) => void>();

  constructor(readonly port: number) {}

  /**
   * Sends messages until they are answered; they must do no more when they come twice.
   * @param heard is told of what comes in; `true` when that was all that was waited for
   * @param begin called before each try: what was heard of an earlier one does not count
   * @throws SoniError `not-found` when nobody listens there or nobody answers
   */
  async ask(
    messages: readonly Uint8Array[],
    heard: (message: OscMessage) => boolean,
    begin: () => void = () => undefined,
  ): Promise<void> {
    const socket = await this.#open();
    const knock = await this.#knock();
    const refused = new Promise<never>((_, reject) => knock.on('error', () => reject(nobody(this.port))));
    // Whoever waits just now is told; between two tries nobody does.
    refused.catch(() => undefined);
    try {
      for (let attempt = 0; attempt < tries; attempt++) {
        begin();
        knock.send('');
        if (await Promise.race([this.#once(socket, messages, heard), refused])) return;
      }
    } finally {
      knock.close();
    }
    throw nobody(this.port);
  }

  /** @returns whether it was answered in time */
  async #once(
    socket: Socket,
    messages: readonly Uint8Array[],
    heard: (message: OscMessage) => boolean,
  ): Promise<boolean> {
    let stop = () => {};
    try {
      return await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), againMs);
        const hear = (message: OscMessage) => {
          if (heard(message)) resolve(true);
        };
        stop = () => {
          clearTimeout(timer);
          this.#hear.delete(hear);
        };
        this.#hear.add(hear);
        for (const message of messages) socket.send(message, this.port, loopback);
      });
    } finally {
      stop();
    }
  }

  close(): void {
    void this.#socket?.then((socket) => socket.close());
    this.#socket = null;
  }

  #open(): Promise<Socket> {
    this.#socket ??= (async () => {
      const socket = createSocket('udp4');
      socket.on('message', (bytes, { address }) => {
        if (address !== loopback) return;
        const message = decode(bytes);
        if (message !== null) for (const hear of this.#hear) hear(message);
      });
      socket.bind(0, loopback);
      await once(socket, 'listening');
      // Nothing goes on between questions: it keeps no program running.
      socket.unref();
      socket.on('error', () => undefined);
      return socket;
    })();
    return this.#socket;
  }

  /** The system tells a connected socket at once that nobody listens; answers may come from another port than that. */
  async #knock(): Promise<Socket> {
    const socket = createSocket('udp4');
    socket.connect(this.port, loopback);
    await once(socket, 'connect');
    return socket;
  }
}

const nobody = (port: number): SoniError =>
  new SoniError(
    'not-found',
    `Nobody answers to OSC on port ${port} of this machine. Start Ardour, open the session, and switch it on under Edit > Preferences > Control Surfaces > Open Sound Control (OSC).`,
  );

/** The bytes of one message. */
export function encode(address: string, ...args: readonly OscArgument[]): Uint8Array {
  const view = toBuffer({
    address,
    args: args.map((argument) =>
      'int' in argument ? { type: 'integer', value: argument.int } : { type: 'float', value: argument.float },
    ),
  });
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** @returns `null` for what is no message that says something here */
export function decode(bytes: Uint8Array): OscMessage | null {
  try {
    const packet = fromBuffer(bytes);
    if (packet.oscType !== 'message') return null;
    return { address: packet.address, args: packet.args.map(({ value }) => plain(value)) };
  } catch {
    return null;
  }
}

const plain = (value: unknown): OscValue =>
  typeof value === 'number' ||
  typeof value === 'string' ||
  typeof value === 'bigint' ||
  typeof value === 'boolean'
    ? value
    : null;
