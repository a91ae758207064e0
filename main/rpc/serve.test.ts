import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RpcContract } from '../contracts/rpc.ts';
import { createClient } from './client.ts';
import { memoryTransportPair } from './memoryTransport.ts';
import { serve } from './serve.ts';

const contract = {
  methods: { slow: { input: z.object({}), output: z.null() } },
  topics: {},
} as const satisfies RpcContract;

function connection() {
  const [near, far] = memoryTransportPair();
  const signals: AbortSignal[] = [];
  const server = serve(
    contract,
    {
      slow: async (_input, { signal }) => {
        signals.push(signal);
        await sleep(10_000, undefined, { signal });
        return null;
      },
    },
    far,
  );
  return { near, server, signals };
}

describe('serve', () => {
  it('aborts what is running when the caller vanishes', async () => {
    const { near, server, signals } = connection();
    const client = createClient(contract, near);
    const call = client.call('slow', {});
    await expect.poll(() => server.active).toBe(1);
    client.close();
    await expect(call).rejects.toMatchObject({ kind: 'crashed' });
    await server.closed;
    expect(signals[0]?.aborted).toBe(true);
    expect(server.active).toBe(0);
  });

  it.each([
    ['no RPC message at all', 'hello'],
    ['an unknown type', { type: 'dance', id: 1 }],
    ['a message that only a server may send', { type: 'result', id: 1, output: 1 }],
    ['a fractional id', { type: 'call', id: 0.5, method: 'slow', input: {} }],
  ])('ends the connection on %s', async (_what, message) => {
    const { near, server } = connection();
    near.send(message);
    await server.closed;
    expect(server.active).toBe(0);
  });

  it('ends the connection when an id is used twice', async () => {
    const { near, server, signals } = connection();
    near.send({ type: 'call', id: 1, method: 'slow', input: {} });
    near.send({ type: 'call', id: 1, method: 'slow', input: {} });
    await server.closed;
    expect(signals[0]?.aborted).toBe(true);
  });

  it('ends the connection when a server speaks out of turn', async () => {
    const [near, far] = memoryTransportPair();
    const client = createClient(contract, near);
    const call = client.call('slow', {});
    far.send({ type: 'call', id: 0, method: 'slow', input: {} });
    await expect(call).rejects.toMatchObject({ kind: 'crashed' });
    expect(client.closed).toBe(true);
  });

  it('does not take names that every object has for methods', async () => {
    const { near, server } = connection();
    const answer = new Promise((resolve) => near.onMessage(resolve));
    near.send({ type: 'call', id: 1, method: 'constructor', input: {} });
    expect(await answer).toMatchObject({ type: 'error', error: { kind: 'unsupported' } });
    server.close();
  });
});
