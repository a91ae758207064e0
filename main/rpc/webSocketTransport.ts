import type { Transport } from '../contracts/rpc.ts';
import { TransportListeners } from './listeners.ts';
import { messageText, parseMessage } from './messageText.ts';

/** Bytes in the socket's own queue above which `drained` waits. */
const highWater = 256 * 1024;
/** A browser's socket does not tell when its queue empties; it is asked this often, only while it is full. */
const askAgainMs = 10;

/** What the browser's WebSocket and that of the package `ws` have in common; it must be open. */
interface OpenWebSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** JSON messages as text frames over a WebSocket. */
export function webSocketTransport(socket: OpenWebSocket): Transport {
  const listeners = new TransportListeners();

  function finish(reason?: string): void {
    if (!listeners.close(reason)) return;
    socket.close();
  }

  socket.addEventListener('message', ({ data }) => {
    try {
      listeners.deliver(parseMessage(data));
    } catch (thrown) {
      finish(thrown instanceof Error ? thrown.message : String(thrown));
    }
  });
  socket.addEventListener('close', ({ reason }) => finish(reason || 'the other side went away'));
  // Followed by `close`; without a listener a Node process would end.
  socket.addEventListener('error', () => undefined);

  return {
    send(message) {
      if (!listeners.closed) socket.send(messageText(message));
    },
    async drained() {
      while (!listeners.closed && socket.bufferedAmount > highWater) {
        await new Promise((resolve) => setTimeout(resolve, askAgainMs));
      }
      // A turn of the event loop, so that a sender of many events lets others in.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: () => finish(),
  };
}
