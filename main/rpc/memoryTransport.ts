import type { Transport } from '../contracts/rpc.ts';
import { TransportListeners } from './listeners.ts';

/**
 * Two ends in one process. Messages take the same trip through JSON as over the other transports, so that
 * what works here works there.
 */
export function memoryTransportPair(): [Transport, Transport] {
  const ends = [new TransportListeners(), new TransportListeners()] as const;
  const end = (own: TransportListeners, other: TransportListeners): Transport => ({
    send(message) {
      if (own.closed) return;
      const text = JSON.stringify(message);
      queueMicrotask(() => other.deliver(JSON.parse(text)));
    },
    // Delivery is a microtask away: a turn of the event loop empties any queue.
    drained: () => new Promise((resolve) => setImmediate(resolve)),
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close() {
      if (own.close()) queueMicrotask(() => other.close('the other side closed it'));
    },
  });
  return [end(ends[0], ends[1]), end(ends[1], ends[0])];
}
