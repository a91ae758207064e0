import { connect, type Socket } from 'node:net';
import { SoniError } from '../contracts/errors.ts';
import type { Transport } from '../contracts/rpc.ts';
import { FrameDecoder, defaultMaxFrameBytes, encodeFrame } from './frames.ts';
import { TransportListeners } from './listeners.ts';

/** Bytes in the socket's own queue above which `drained` waits. */
const highWater = 256 * 1024;

export interface SocketTransportOptions {
  readonly maxFrameBytes?: number;
}

/** JSON messages in length-prefixed frames over a Unix socket, a named pipe or TCP. */
export function socketTransport(socket: Socket, options: SocketTransportOptions = {}): Transport {
  const maxFrameBytes = options.maxFrameBytes ?? defaultMaxFrameBytes;
  const listeners = new TransportListeners();
  const decoder = new FrameDecoder(maxFrameBytes);
  let waiting: (() => void)[] = [];

  function release(): void {
    if (socket.writableLength > highWater && !listeners.closed) return;
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  }

  function finish(reason?: string): void {
    socket.off('data', onData);
    socket.off('drain', release);
    socket.off('close', onEnd);
    socket.off('end', onEnd);
    socket.destroySoon();
    listeners.close(reason);
    release();
  }

  function onData(chunk: Buffer): void {
    try {
      for (const payload of decoder.push(chunk)) listeners.deliver(JSON.parse(payload.toString('utf8')));
    } catch (thrown) {
      finish(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  const onEnd = () =>
    finish(
      decoder.pendingBytes > 0
        ? 'the other side went away in the middle of a message'
        : 'the other side went away',
    );

  socket.on('data', onData);
  socket.on('drain', release);
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  // Stays on after closing: a late ECONNRESET without a listener would end this process.
  socket.on('error', (error) => finish(error.message));

  return {
    send(message) {
      if (listeners.closed) return;
      const payload = Buffer.from(JSON.stringify(message), 'utf8');
      if (payload.byteLength > maxFrameBytes) {
        throw new SoniError(
          'internal',
          `A message of ${payload.byteLength} bytes is over the cap of ${maxFrameBytes}; large data goes by file.`,
        );
      }
      socket.write(encodeFrame(payload));
    },
    drained: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        release();
      }),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (!listeners.closed) finish();
    },
  };
}

/**
 * Connects to a listening SoniDesk process.
 * @param address path of a Unix socket or named pipe, or a TCP address
 * @throws SoniError `network` when nobody answers there
 */
export async function connectSocket(
  address: string | { readonly host: string; readonly port: number },
  options?: SocketTransportOptions,
): Promise<Transport> {
  const socket = typeof address === 'string' ? connect(address) : connect(address.port, address.host);
  const name = typeof address === 'string' ? address : `${address.host}:${address.port}`;
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error) => {
      reject(
        new SoniError('network', `Nobody answers at ${name} (${error.message}). Is it running?`, undefined, {
          cause: error,
        }),
      );
    });
  });
  socket.removeAllListeners('error');
  return socketTransport(socket, options);
}
