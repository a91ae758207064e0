import type { Socket } from 'node:net';
import { bridge } from '../../../main/contracts/bridge.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import { createClient, type Client } from '../../../main/rpc/client.ts';
import { serve } from '../../../main/rpc/serve.ts';
import { socketTransport } from '../../../main/rpc/socketTransport.ts';
import { admitByToken, showToken } from '../../../main/rpc/tokenHandshake.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { endpointFile, readEndpoint, sameToken } from '../connect/endpoint.ts';
import { dial } from '../connect/listen.ts';
import { bridgeHandlers } from './handlers.ts';

/** Answers calls of one connection once it has shown the token. */
export function serveControl(server: BridgeServer, socket: Socket): void {
  admitByToken(
    socketTransport(socket),
    (token) => sameToken(token, server.token),
    (transport) => serve(bridge, bridgeHandlers(server), transport),
  );
}

/**
 * Connects to the bridge that serves now.
 * @throws SoniError `not-found` when none does
 */
export async function connectBridge(file: string = endpointFile()): Promise<Client<typeof bridge>> {
  const endpoint = await readEndpoint(file);
  const socket = endpoint === null ? null : await dial(endpoint.control).catch(() => null);
  if (endpoint === null || socket === null) {
    throw new SoniError(
      'not-found',
      `SoniDesk is not serving (${file}${endpoint === null ? ' is missing' : ': nobody answers'}). Start it with "sonidesk serve" or open the app.`,
    );
  }
  const transport = socketTransport(socket);
  await showToken(transport, endpoint.token);
  return createClient(bridge, transport);
}
