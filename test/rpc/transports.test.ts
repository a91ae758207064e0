import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Transport } from '../../main/contracts/rpc.ts';
import { createClient, type Client } from '../../main/rpc/client.ts';
import { memoryTransportPair } from '../../main/rpc/memoryTransport.ts';
import { messagePortTransport } from '../../main/rpc/messagePortTransport.ts';
import { childTransport } from '../../main/rpc/processTransport.ts';
import { serve, type Server } from '../../main/rpc/serve.ts';
import { connectSocket, socketTransport } from '../../main/rpc/socketTransport.ts';
import { webSocketTransport } from '../../main/rpc/webSocketTransport.ts';
import { buildProgram } from '../support/buildProgram.ts';
import { watchHandles } from '../support/leaks.ts';
import { suiteContract, suiteHandlers } from './suiteServer.ts';

interface Connection {
  readonly transport: Transport;
  /** Ends everything and waits until it is gone. */
  close(): Promise<void>;
}

let folder: string;
let program: Awaited<ReturnType<typeof buildProgram>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-rpc-'));
  program = await buildProgram('test/rpc/suiteProgram.ts');
});
afterAll(async () => {
  await program.remove();
  await rm(folder, { recursive: true });
});

function overMemory(): Promise<Connection> {
  const [near, far] = memoryTransportPair();
  const server = serve(
    suiteContract,
    suiteHandlers(() => far.close()),
    far,
  );
  return Promise.resolve({
    transport: near,
    close: async () => {
      near.close();
      await server.closed;
    },
  });
}

function overProcess(): Promise<Connection> {
  const child = fork(program.script, { stdio: 'ignore' });
  return Promise.resolve({
    transport: childTransport(child),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      if (child.connected) child.disconnect();
      await gone;
    },
  });
}

async function overSocket(
  listen: (server: ReturnType<typeof createServer>) => Promise<Parameters<typeof connectSocket>[0]>,
) {
  let served: Server | undefined;
  const listening = createServer((socket: Socket) => {
    served = serve(
      suiteContract,
      suiteHandlers(() => socket.destroy()),
      socketTransport(socket),
    );
  });
  const transport = await connectSocket(await listen(listening));
  return {
    transport,
    close: async () => {
      transport.close();
      await served?.closed;
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

let sockets = 0;
const overUnixSocket = () =>
  overSocket(async (server) => {
    const path = join(folder, `${sockets++}.sock`);
    server.listen(path);
    await once(server, 'listening');
    return path;
  });

const overTcp = () =>
  overSocket(async (server) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    return { host: '127.0.0.1', port: address.port };
  });

function overMessagePort(): Promise<Connection> {
  const { port1, port2 } = new MessageChannel();
  const server = serve(
    suiteContract,
    suiteHandlers(() => port2.close()),
    messagePortTransport(port2),
  );
  const transport = messagePortTransport(port1);
  return Promise.resolve({
    transport,
    close: async () => {
      transport.close();
      await server.closed;
    },
  });
}

async function overWebSocket(): Promise<Connection> {
  const listening = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(listening, 'listening');
  let served: Server | undefined;
  listening.on('connection', (socket) => {
    served = serve(
      suiteContract,
      suiteHandlers(() => socket.terminate()),
      webSocketTransport(socket),
    );
  });
  const { port } = listening.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  const transport = webSocketTransport(socket);
  const gone = once(socket, 'close');
  return {
    transport,
    close: async () => {
      transport.close();
      await served?.closed;
      await gone;
      await new Promise((resolve) => listening.close(resolve));
    },
  };
}

describe.each([
  ['memory', overMemory],
  ['child process', overProcess],
  ['Unix socket', overUnixSocket],
  ['TCP', overTcp],
  ['message port', overMessagePort],
  ['WebSocket', overWebSocket],
])('RPC over %s', (_name, connect) => {
  let noLeaks: () => Promise<void>;
  let connection: Connection;
  let client: Client<typeof suiteContract>;

  beforeEach(async () => {
    noLeaks = watchHandles();
    connection = await connect();
    client = createClient(suiteContract, connection.transport);
  });

  afterEach(async () => {
    client.close();
    await connection.close();
    if (client.pending > 0) throw new Error(`${client.pending} calls were left pending`);
    await noLeaks();
  });

  it('calls, with defaults of the schema filled in', async () => {
    await expect(client.call('add', { a: 2, b: 3 })).resolves.toBe(5);
    await expect(client.call('add', { a: 2 })).resolves.toBe(3);
  });

  it('keeps calls apart that run at once', async () => {
    const sums = await Promise.all(Array.from({ length: 200 }, (_, a) => client.call('add', { a, b: a })));
    expect(sums).toEqual(Array.from({ length: 200 }, (_, a) => 2 * a));
  });

  it('carries any JSON value', async () => {
    const value = { text: 'Grüße \u0000 "\n🎵', list: [1, -0.5, null, true], deep: { a: [{}] } };
    await expect(client.call('echo', value)).resolves.toEqual(value);
    const long = 'x'.repeat(300_000);
    await expect(client.call('echo', long)).resolves.toBe(long);
  });

  it('delivers every event, in order, before the result', async () => {
    const seen: number[] = [];
    const result = await client.call('count', { to: 1000 }, { onEvent: ({ at }) => seen.push(at) });
    expect(result).toBe('counted to 1000');
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  });

  it('carries errors as kind, message and detail', async () => {
    await expect(client.call('fail', { plain: false })).rejects.toMatchObject({
      name: 'SoniError',
      kind: 'no-space',
      message: 'The disk is full.',
      detail: { path: '/somewhere' },
    });
    await expect(client.call('fail', { plain: true })).rejects.toMatchObject({
      kind: 'internal',
      message: 'a plain error',
    });
  });

  it('refuses wrong input where it arrives', async () => {
    await expect(client.call('add', { a: 'two' as unknown as number })).rejects.toMatchObject({
      kind: 'bad-usage',
    });
  });

  it('refuses a wrong answer where it arrives', async () => {
    await expect(client.call('lie', {})).rejects.toMatchObject({ kind: 'internal' });
  });

  it('does not leave a caller waiting for an answer that cannot be sent', async () => {
    await expect(client.call('unspeakable', {})).rejects.toMatchObject({ kind: 'internal' });
    await expect(client.call('echo', 1n)).rejects.toMatchObject({ kind: 'internal' });
    await expect(client.call('add', { a: 1 })).resolves.toBe(2);
  });

  it('refuses unknown methods', async () => {
    const newer = { methods: { ...suiteContract.methods, later: suiteContract.methods.wait }, topics: {} };
    client = createClient(newer, connection.transport) as unknown as typeof client;
    await expect(client.call('later' as 'wait', {})).rejects.toMatchObject({ kind: 'unsupported' });
  });

  it('cancels a call: the handler is aborted, the caller gets kind `cancelled`', async () => {
    const controller = new AbortController();
    const waiting = client.call('wait', {}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(client.call('aborted', {})).resolves.toBe(1);
  });

  it('does not send a call that is cancelled already', async () => {
    await expect(client.call('wait', {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    await expect(client.call('aborted', {})).resolves.toBe(0);
  });

  it('leaves no listener on a signal that outlives the call', async () => {
    const controller = new AbortController();
    let listening = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listening--, remove(...args));
    await client.call('add', { a: 1 }, { signal });
    await expect(client.call('fail', { plain: true }, { signal })).rejects.toThrow('a plain error');
    expect(listening).toBe(0);
  });

  it('delivers topic events until the subscription is closed', async () => {
    const seen: number[] = [];
    await new Promise<void>((resolve) => {
      const subscription = client.subscribe('ticks', ({ tick }) => {
        seen.push(tick);
        if (tick === 5) {
          subscription.close();
          void subscription.ended.then(resolve);
        }
      });
    });
    await expect(client.call('aborted', {})).resolves.toBe(1);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('fails what is pending with kind `crashed` when the other side dies', async () => {
    const pending = client.call('wait', {});
    const subscription = client.subscribe('ticks', () => {});
    const results = await Promise.allSettled([client.call('die', {}), pending, subscription.ended]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { kind: 'crashed' } });
    }
    expect(client.closed).toBe(true);
    await expect(client.call('add', { a: 1 })).rejects.toMatchObject({ kind: 'crashed' });
  });

  it('fails what is pending when it is closed here', async () => {
    const pending = client.call('wait', {});
    client.close();
    await expect(pending).rejects.toMatchObject({ kind: 'crashed' });
  });
});
