import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedPlugin } from '../../test/support/simulatedPlugin.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import type { BridgeEvent } from '../../main/contracts/bridge.ts';
import { Session } from '../../main/engine/session/session.ts';
import { decodeMessage } from '../protocol/messages.ts';
import { BridgeServer, type BridgeOptions } from './bridgeServer.ts';

let folder: string;
let session: Session;
let server: BridgeServer | undefined;
let events: BridgeEvent[];
let woken: (() => void)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-bridge-'));
  session = await Session.open(join(folder, 'session'));
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  session.close();
  await rm(folder, { recursive: true });
});

const endpoint = () => join(folder, 'bridge.json');

async function serve(options: Partial<BridgeOptions> = {}): Promise<BridgeServer> {
  events = [];
  woken = [];
  server = await BridgeServer.start({ session, version: '0.1.0', endpointFile: endpoint(), ...options });
  server.onEvent((event) => {
    events.push(event);
    for (const wake of woken.splice(0)) wake();
  });
  return server;
}

async function event<Type extends BridgeEvent['type']>(
  type: Type,
): Promise<Extract<BridgeEvent, { type: Type }>> {
  for (;;) {
    const at = events.findIndex((each) => each.type === type);
    if (at >= 0) return events.splice(at, 1)[0] as Extract<BridgeEvent, { type: Type }>;
    await new Promise<void>((resolve) => woken.push(resolve));
  }
}

/** Stereo whose samples say where they are from. */
const ramp = (start: number, frames: number) =>
  [0.5, -0.25].map((gain) =>
    Float32Array.from({ length: frames }, (_, n) => gain * Math.sin((start + n) * 0.01)),
  );

describe('a plugin', () => {
  it('is recorded on the host timeline until the transport stops', async () => {
    await serve();
    using plugin = await SimulatedPlugin.connect(endpoint(), { name: 'Bass', slot: 2 });
    for (let at = 0; at < 10_000; at += 500) plugin.play(96_000 + at, ramp(at, 500));
    plugin.stop();
    const { take } = await event('take-ended');
    expect(take).toMatchObject({
      hostStart: 96_000,
      frames: 10_000,
      sampleRate: 48_000,
      channels: 2,
      gaps: [],
    });
    const reader = await openWav(join(session.audioDirectory, take.audio));
    expect(reader).toMatchObject({
      timeReference: 96_000,
      frames: 10_000,
      encoding: 'float32',
      warning: null,
    });
    expect(await reader.read(0, 10_000)).toEqual(ramp(0, 10_000));
    await reader.close();
    expect(session.tracks.list()).toMatchObject([{ name: 'Bass', slot: 2, id: plugin.instance }]);
    const assign = decodeMessage('assign', (await plugin.next('assign')).payload);
    expect(assign).toMatchObject({ track: plugin.instance, name: 'Bass' });
  });

  it('with the wrong token is refused', async () => {
    await serve();
    using plugin = await SimulatedPlugin.greet(endpoint(), { token: 'ab'.repeat(32) });
    expect(decodeMessage('refused', (await plugin.next('refused')).payload).kind).toBe('token');
    await plugin.closed();
    expect(await event('refused')).toMatchObject({ kind: 'token' });
  });

  it('finds a private folder and file', async () => {
    await serve();
    expect((await stat(endpoint())).mode & 0o777).toBe(0o600);
  });
});
