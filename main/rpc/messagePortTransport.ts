import type { Transport } from '../contracts/rpc.ts';
import { TransportListeners } from './listeners.ts';
import { messageText, parseMessage } from './messageText.ts';

/** A port of a browser or of Node's worker_threads. */
interface EventTargetPort {
  postMessage(message: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** A port of Electron's main and utility processes. */
interface EmitterPort {
  postMessage(message: string): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/**
 * JSON messages over a MessagePort. They go as text: what JSON cannot carry fails here as it does over a
 * socket, and no object of one world can reach into another.
 */
export function messagePortTransport(port: EventTargetPort | EmitterPort): Transport {
  const listeners = new TransportListeners();

  function finish(reason?: string): void {
    if (!listeners.close(reason)) return;
    port.close();
  }

  const onMessage = ({ data }: { readonly data: unknown }) => {
    try {
      listeners.deliver(parseMessage(data));
    } catch (thrown) {
      finish(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  const onClose = () => finish('the other side went away');
  if ('addEventListener' in port) {
    port.addEventListener('message', onMessage);
    port.addEventListener('close', onClose);
  } else {
    port.on('message', onMessage);
    port.on('close', onClose);
  }
  port.start();

  return {
    send(message) {
      if (!listeners.closed) port.postMessage(messageText(message));
    },
    // A port has no queue that can be asked; a turn of the event loop lets the other side in.
    drained: () => new Promise((resolve) => setTimeout(resolve, 0)),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close: () => finish(),
  };
}
