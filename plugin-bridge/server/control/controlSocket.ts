import type { Socket } from 'node:net';
import { bridge } from '../../../main/contracts/bridge.ts';
import { control } from '../../../main/contracts/control.ts';
import type { desk } from '../../../main/contracts/desk.ts';
import type { Transport } from '../../../main/contracts/rpc.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import { createClient, type Client } from '../../../main/rpc/client.ts';
import { serve, type Handlers } from '../../../main/rpc/serve.ts';
import { socketTransport } from '../../../main/rpc/socketTransport.ts';
import { admitByToken, showToken } from '../../../main/rpc/tokenHandshake.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { endpointFile, readEndpoint, sameToken } from '../connect/endpoint.ts';
import { dial } from '../connect/listen.ts';
import { bridgeHandlers } from './handlers.ts';

/** Answers calls of one connection once it has shown the token: of the bridge, and of the desk where there is one. */
export function serveControl(server: BridgeServer, socket: Socket, work?: Handlers<typeof desk>): void {
  admitByToken(
    socketTransport(socket),
    (token) => sameToken(token, server.token),
    (transport) =>
      work === undefined
        ? serve(bridge, bridgeHandlers(server), transport)
        : serve(control, { ...work, ...bridgeHandlers(server) }, transport),
  );
}

/**
 * Connects to the bridge that serves now.
 * @throws SoniError `not-found` when none does
 */
export const connectBridge = async (file: string = endpointFile()): Promise<Client<typeof bridge>> =>
  createClient(bridge, await connect(file));

/** The same, for engine jobs, too. @throws SoniError `not-found` when nobody serves */
export const connectControl = async (file: string = endpointFile()): Promise<Client<typeof control>> =>
  createClient(control, await connect(file));

async function connect(file: string): Promise<Transport> {
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
  return transport;
}
