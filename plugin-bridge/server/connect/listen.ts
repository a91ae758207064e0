import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError } from '../../../main/contracts/errors.ts';
import { fileError } from '../../../main/platform/fileError.ts';

/** `auto` is a Unix socket, on Windows a named pipe; TCP on the loopback address where that is not possible. */
export type ListenHow = 'auto' | 'tcp';

export interface Listening extends AsyncDisposable {
  /** As in the endpoint file. */
  readonly address: string;
}

/** sockaddr_un on Linux has 108 bytes with the final zero, on macOS 104. */
const longestSocketPath = 103;
const connectWithinMs = 5000;

/** Listens for one kind of client. `name` distinguishes the sockets in the folder: "bridge", "control". */
export async function listen(
  folder: string,
  name: string,
  how: ListenHow,
  onSocket: (socket: Socket) => void,
): Promise<Listening> {
  const server = createServer(onSocket);
  const path = join(folder, `${name}.sock`);
  const unix = how === 'auto' && process.platform !== 'win32' && Buffer.byteLength(path) <= longestSocketPath;
  try {
    if (unix) {
      // What lies there is of a process that was killed: a living one has been looked for before.
      await rm(path, { force: true });
      await listening(server, path);
      return closing(server, `unix:${path}`);
    }
    if (how === 'auto' && process.platform === 'win32') {
      const pipe = `\\\\.\\pipe\\sonidesk-${name}-${process.pid}`;
      await listening(server, pipe);
      return closing(server, `pipe:${pipe}`);
    }
    await listening(server, 0, '127.0.0.1');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new SoniError('internal', 'TCP without a port.');
    return closing(server, `tcp:127.0.0.1:${bound.port}`);
  } catch (thrown) {
    throw fileError(thrown, `listen at ${unix ? path : 'the loopback address'}`);
  }
}

/** Opens a connection to an address of the endpoint file. @throws SoniError `network` */
export async function dial(address: string): Promise<Socket> {
  const tcp = /^tcp:127\.0\.0\.1:(\d+)$/.exec(address);
  const socket =
    tcp === null ? connect(address.replace(/^(unix|pipe):/, '')) : connect(Number(tcp[1]), '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectWithinMs) });
    return socket;
  } catch (thrown) {
    socket.destroy();
    throw new SoniError('network', `Nobody answers at ${address}.`, undefined, { cause: thrown });
  }
}

export const answers = (address: string): Promise<boolean> =>
  dial(address).then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

async function listening(server: Server, ...where: [string] | [number, string]): Promise<void> {
  if (where.length === 1) server.listen(where[0]);
  else server.listen(where[0], where[1]);
  await once(server, 'listening');
}

const closing = (server: Server, address: string): Listening => ({
  address,
  // Node removes the socket's file. Connections are ended by their owners.
  [Symbol.asyncDispose]: async () => {
    const closed = once(server, 'close');
    server.close();
    await closed;
  },
});
