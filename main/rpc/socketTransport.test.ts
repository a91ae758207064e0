import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from './frames.ts';
import { connectSocket, socketTransport } from './socketTransport.ts';

let server: Server;
let port: number;
let accepted: Promise<Socket>;

beforeEach(async () => {
  server = createServer();
  accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as { port: number }).port;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function raw(maxFrameBytes?: number) {
  const socket = connect(port, '127.0.0.1');
  const transport = socketTransport(await accepted, maxFrameBytes === undefined ? {} : { maxFrameBytes });
  const messages: unknown[] = [];
  transport.onMessage((message) => messages.push(message));
  const closed = new Promise<string | undefined>((resolve) => transport.onClose(resolve));
  return { socket, transport, messages, closed };
}

describe('socket transport', () => {
  it('closes on a frame over the cap', async () => {
    const { socket, closed } = await raw(1000);
    socket.write(encodeFrame(Buffer.from(JSON.stringify('x'.repeat(2000)))));
    expect(await closed).toContain('at most 1000 are allowed');
    socket.destroy();
  });

  it('closes on a frame that is not JSON', async () => {
    const { socket, messages, closed } = await raw();
    socket.write(encodeFrame(Buffer.from('"fine"')));
    socket.write(encodeFrame(Buffer.from('{not json')));
    expect(await closed).toContain('JSON');
    expect(messages).toEqual(['fine']);
    socket.destroy();
  });

  it('tells of a peer that vanished in the middle of a message', async () => {
    const { socket, closed } = await raw();
    socket.end(encodeFrame(Buffer.from('"cut short"')).subarray(0, 9));
    expect(await closed).toBe('the other side went away in the middle of a message');
  });

  it('refuses to send what the other side would refuse', async () => {
    const { socket, transport } = await raw(1000);
    expect(() => transport.send('x'.repeat(2000))).toThrow(/large data goes by file/);
    transport.close();
    socket.destroy();
  });

  it('makes fast senders wait for a slow reader', async () => {
    const { socket, transport } = await raw();
    socket.pause();
    const message = 'x'.repeat(100_000);
    let sent = 0;
    let waiting: Promise<void> | undefined;
    for (; sent < 1000 && waiting === undefined; sent++) {
      transport.send(message);
      const waited = transport.drained();
      const ready = await Promise.race([
        waited.then(() => true),
        new Promise<false>((resolve) => setTimeout(() => resolve(false), 20)),
      ]);
      if (!ready) waiting = waited;
    }
    // The kernel's buffers take some megabytes; the rest must not pile up in this process.
    expect(waiting).toBeDefined();
    socket.resume();
    await waiting;
    transport.close();
    socket.destroy();
  });

  it('says so when nobody listens', async () => {
    const nobody = createServer();
    nobody.listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const free = (nobody.address() as { port: number }).port;
    await new Promise((resolve) => nobody.close(resolve));
    await expect(connectSocket({ host: '127.0.0.1', port: free })).rejects.toMatchObject({ kind: 'network' });
  });
});
