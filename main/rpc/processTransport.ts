import type { ChildProcess } from 'node:child_process';
import type { Transport } from '../contracts/rpc.ts';
import { TransportListeners } from './listeners.ts';

/** Messages handed to the channel and not yet written: above this, `drained` waits. */
const highWater = 64;

type Channel = Pick<ChildProcess, 'send' | 'disconnect' | 'connected' | 'on' | 'off'>;

function channelTransport(channel: Channel): Transport {
  const listeners = new TransportListeners();
  let unsent = 0;
  let waiting: (() => void)[] = [];

  function release(): void {
    if (unsent >= highWater && !listeners.closed) return;
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  }

  const onMessage = (message: unknown) => listeners.deliver(message);
  const onDisconnect = () => finish('the process went away');
  // A failing channel emits `error` as well; without a listener that would end this process.
  const onError = (error: Error) => finish(error.message);

  function finish(reason?: string): void {
    channel.off('message', onMessage);
    channel.off('disconnect', onDisconnect);
    channel.off('error', onError);
    listeners.close(reason);
    release();
  }

  channel.on('message', onMessage);
  channel.on('disconnect', onDisconnect);
  channel.on('error', onError);

  return {
    send(message) {
      if (listeners.closed || !channel.connected) return;
      unsent++;
      channel.send(message as object, (error) => {
        unsent--;
        if (error !== null) finish(error.message);
        release();
      });
    },
    drained: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        release();
      }),
    onMessage: (listener) => listeners.onMessage(listener),
    onClose: (listener) => listeners.onClose(listener),
    close() {
      if (listeners.closed) return;
      finish();
      if (channel.connected) channel.disconnect();
    },
  };
}

/** To a child started with an IPC channel (`fork`, or `stdio: [..., 'ipc']`). Closing disconnects, it does not kill. */
export function childTransport(child: ChildProcess): Transport {
  return channelTransport(child);
}

/**
 * From a forked program to the process that started it.
 * @throws Error when it was started without an IPC channel.
 */
export function processTransport(): Transport {
  if (process.send === undefined) {
    throw new Error('This program is started by SoniDesk with an IPC channel; it does nothing by itself.');
  }
  return channelTransport(process as unknown as Channel);
}
