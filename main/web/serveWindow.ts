import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { desk as contract } from '../contracts/desk.ts';
import { SoniError, asSoniError } from '../contracts/errors.ts';
import { fileName } from '../desk/exportSong.ts';
import type { Desk } from '../desk/desk.ts';
import { makeFolder } from '../platform/makeFolder.ts';
import { maxMessageCharacters } from '../rpc/messageText.ts';
import { webSocketTransport } from '../rpc/webSocketTransport.ts';
import { Access } from './access.ts';
import { rangeAnswer } from './byteRange.ts';
import { pageFiles, securityHeaders } from './page.ts';

export interface WindowServer {
  /** To be opened in a browser on this machine; it carries the secret. */
  readonly address: string;
  close(): Promise<void>;
}

export interface WindowServerOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
}

/**
 * The window for a browser on this machine: page, media and RPC over loopback, for whoever has the token.
 * @throws SoniError `busy` when the port is taken
 */
export async function serveWindow(desk: Desk, options: WindowServerOptions = {}): Promise<WindowServer> {
  const page = await pageFiles();
  let port = 0;
  const access = new Access(() => port);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageCharacters });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (!access.hostIsOurs(request)) return end(response, 421, 'This is not the address of SoniDesk.');
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.searchParams.has('token')) {
      if (!access.tokenIsRight(url.searchParams.get('token'))) return end(response, 403, wrongToken);
      response.setHeader('set-cookie', access.cookie);
      response.setHeader('location', '/');
      return end(response, 303, '');
    }
    if (!access.cookieIsRight(request)) return end(response, 403, wrongToken);
    const medium = /^\/media\/([a-z0-9-]+)$/.exec(url.pathname)?.[1];
    if (request.method === 'POST' && url.pathname === '/incoming') {
      if (!access.originIsOurs(request)) return end(response, 403, wrongToken);
      return receive(request, response, url.searchParams.get('name') ?? '');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'Only GET.');
    if (medium !== undefined) return sendMedium(request, response, medium);
    const dragged = /^\/drag\/([a-z0-9-]+)$/.exec(url.pathname)?.[1];
    if (dragged !== undefined) return sendDragged(response, dragged, url.searchParams);
    const file = page.get(url.pathname);
    if (file === undefined) return end(response, 404, 'There is nothing here.');
    response.setHeader('content-type', file.type);
    response.setHeader('cache-control', 'no-cache');
    await pipeline(createReadStream(file.path), response);
  }

  async function sendMedium(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const { status, headers, body } = await rangeAnswer(desk.mediumFile(id), request.headers.range ?? null);
    response.writeHead(status, headers);
    const stream = body();
    if (stream === null) response.end();
    else await pipeline(stream, response);
  }

  /** What is dragged out of the window, or downloaded by a click on its handle. */
  async function sendDragged(
    response: ServerResponse,
    songId: string,
    query: URLSearchParams,
  ): Promise<void> {
    const wish = contract.methods.dragFile.input.safeParse({
      songId,
      what: query.get('what'),
      name: query.get('name') ?? '',
      minConfidence: Number(query.get('above') ?? 0),
    });
    if (!wish.success) return end(response, 404, 'There is nothing here.');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const path = await desk.dragFile(wish.data, gone.signal);
    const { size } = await stat(path);
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': size,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
    });
    await pipeline(createReadStream(path), response);
  }

  /** A browser does not tell where a file lies; it sends it. */
  async function receive(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    // Two files of one name are two files.
    const folder = join(desk.incomingDirectory, randomUUID());
    const path = join(folder, fileName(basename(name)));
    await makeFolder(folder);
    try {
      await pipeline(request, createWriteStream(path));
    } catch (thrown) {
      await rm(path, { force: true });
      throw thrown;
    }
    response.setHeader('content-type', 'application/json');
    end(response, 200, JSON.stringify({ path }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: unknown) => {
      const { kind, message } = asSoniError(thrown);
      if (response.headersSent) response.destroy();
      else end(response, kind === 'not-found' ? 404 : 500, message);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0];
    if (
      path !== '/rpc' ||
      !access.hostIsOurs(request) ||
      !access.originIsOurs(request) ||
      !access.cookieIsRight(request)
    ) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (open) => desk.serve(webSocketTransport(open)));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw new SoniError(
        'busy',
        `Port ${options.port} cannot be used (${(error as Error).message}). Choose another.`,
      );
    }),
  ]);
  port = (server.address() as { port: number }).port;

  return {
    address: access.address,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const types: Readonly<Record<string, string>> = { '.wav': 'audio/wav', '.mid': 'audio/midi' };

const wrongToken =
  'Open the address that SoniDesk printed; it carries the key. It changes with every start of SoniDesk.';

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(text);
}
