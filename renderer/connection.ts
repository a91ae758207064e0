import { desk } from '../main/contracts/desk.ts';
import type { Transport } from '../main/contracts/rpc.ts';
import { deskPortMessage, type Shell } from '../main/contracts/shell.ts';
import { createClient, type Client } from '../main/rpc/client.ts';
import { messagePortTransport } from '../main/rpc/messagePortTransport.ts';
import { webSocketTransport } from '../main/rpc/webSocketTransport.ts';

export type DeskClient = Client<typeof desk>;

declare global {
  interface Window {
    readonly sonidesk?: Shell;
  }
}

/** The desktop shell around this window; `null` in a browser. */
export const shell: Shell | null = window.sonidesk ?? null;

function overPort(from: Shell): Promise<Transport> {
  return new Promise((resolve) => {
    const listener = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== deskPortMessage || port === undefined) return;
      window.removeEventListener('message', listener);
      resolve(messagePortTransport(port));
    };
    window.addEventListener('message', listener);
    from.connect();
  });
}

async function overWebSocket(): Promise<Transport> {
  const socket = new WebSocket(new URL('/rpc', location.href.replace(/^http/, 'ws')));
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('SoniDesk does not answer.')), { once: true });
  });
  return webSocketTransport(socket);
}

/** A connection to the desk, whose end is told once. */
export async function connect(onLost: () => void): Promise<DeskClient> {
  const transport = await (shell === null ? overWebSocket() : overPort(shell));
  const client = createClient(desk, transport);
  transport.onClose(() => onLost());
  return client;
}

/** Where the bytes of a medium come from; the same path in the app and in a browser. */
export const mediumUrl = (id: string): string => new URL(`/media/${id}`, location.href).href;
