import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ServedBridge, sameAudio, toneAt } from '../../test/support/servedBridge.ts';
import { SimulatedPlugin } from '../../test/support/simulatedPlugin.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { decodeMessage } from '../protocol/messages.ts';
import { BridgeServer } from './bridgeServer.ts';
import { readEndpoint } from './connect/endpoint.ts';

const refusalOf = async (plugin: SimulatedPlugin) =>
  decodeMessage('refused', (await plugin.next('refused')).payload);

describe('a plugin that plays', () => {
  it('is recorded on the host timeline until the transport stops', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect({ name: 'Bass', slot: 2 });
    for (let at = 0; at < 10_000; at += 500) plugin.play(96_000 + at, toneAt(at, 500));
    plugin.stop();
    const { take } = await bridge.event('take-ended');
    expect(take).toMatchObject({
      hostStart: 96_000,
      frames: 10_000,
      sampleRate: 48_000,
      channels: 2,
      gaps: [],
    });
    const reader = await openWav(bridge.takePath(take));
    expect(reader).toMatchObject({
      timeReference: 96_000,
      frames: 10_000,
      encoding: 'float32',
      warning: null,
    });
    await reader.close();
    expect(sameAudio(await bridge.audioOf(take), toneAt(0, 10_000))).toBe(true);
    expect(bridge.session.tracks.list()).toMatchObject([{ name: 'Bass', slot: 2, id: plugin.instance }]);
  });

  it('in a loop gives a take for each pass; the comp plays the last one', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    for (let pass = 0; pass < 3; pass++) {
      for (let at = 0; at < 4000; at += 1000)
        plugin.play(8000 + at, toneAt(pass * 4000 + at, 1000), { looping: true });
    }
    plugin.stop();
    const takes = [];
    for (let pass = 0; pass < 3; pass++) {
      const { take } = await bridge.event('take-ended');
      takes.push(take);
      expect(take).toMatchObject({ hostStart: 8000, frames: 4000 });
      expect(sameAudio(await bridge.audioOf(take), toneAt(pass * 4000, 4000))).toBe(true);
    }
    const { comp } = bridge.server.describe(bridge.session.tracks.list()[0]!);
    const last = bridge.session.tracks.takes(plugin.instance).sort((a, b) => a.started - b.started)[2]!;
    expect(comp).toEqual([{ takeId: last.id, hostStart: 8000, takeStart: 0, frames: 4000 }]);
  });

  it('and loses frames leaves silence that is marked, so that all positions stay right', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.play(0, toneAt(0, 500));
    plugin.lose(500, 300);
    plugin.play(800, toneAt(800, 200));
    plugin.lose(1000, 100, false);
    plugin.play(1100, toneAt(1100, 100));
    plugin.lose(1200, 50);
    plugin.stop();
    const { take } = await bridge.event('take-ended');
    const gaps = [
      { start: 500, frames: 300 },
      { start: 1000, frames: 100 },
      { start: 1200, frames: 50 },
    ];
    expect(take).toMatchObject({ frames: 1250, gaps });
    const expected = toneAt(0, 1250);
    for (const channel of expected)
      for (const { start, frames } of gaps) channel.fill(0, start, start + frames);
    expect(sameAudio(await bridge.audioOf(take), expected)).toBe(true);
    expect(await bridge.event('gap')).toMatchObject({ take: take.id, start: 500, frames: 300 });
  });

  it('has its pre-roll in a take of its own, without a time reference', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.play(-700, toneAt(0, 1000));
    plugin.play(300, toneAt(1000, 200));
    plugin.stop();
    const first = (await bridge.event('take-ended')).take;
    const second = (await bridge.event('take-ended')).take;
    expect([first, second]).toMatchObject([
      { hostStart: -700, frames: 700 },
      { hostStart: 0, frames: 500 },
    ]);
    expect(sameAudio(await bridge.audioOf(first), toneAt(0, 700))).toBe(true);
    expect(sameAudio(await bridge.audioOf(second), toneAt(700, 500))).toBe(true);
  });

  it('tells tempo and meter, which the take keeps where they change', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    const musical = { bpm: 120, bar: 3, beat: 2, beatFraction: 0.5, beatsPerBar: 4, beatUnit: 4 };
    plugin.play(4800, toneAt(0, 4800), { musical });
    plugin.play(9600, toneAt(0, 4800), { musical: { ...musical, bar: 4 } });
    plugin.play(14_400, toneAt(0, 4800), { musical: { ...musical, bpm: 90, beatsPerBar: 7, beatUnit: 8 } });
    plugin.stop();
    expect((await bridge.event('take-ended')).take.tempoMap).toEqual([
      { sample: 4800, bpm: 120, numerator: 4, denominator: 4, bar: 3, beat: 2.5 },
      { sample: 14_400, bpm: 90, numerator: 7, denominator: 8, bar: 3, beat: 2.5 },
    ]);
  });

  it('at another rate after a new hello begins another take', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.play(0, toneAt(0, 100));
    plugin.hello({ sampleRate: 96_000 });
    await plugin.next('welcome');
    plugin.play(100, toneAt(100, 100));
    plugin.stop();
    const rates = [await bridge.event('take-ended'), await bridge.event('take-ended')].map(
      ({ take }) => take.sampleRate,
    );
    expect(rates).toEqual([48_000, 96_000]);
  });

  it('and vanishes has its take completed', async () => {
    await using bridge = await ServedBridge.start();
    const plugin = await bridge.connect();
    plugin.play(0, toneAt(0, 777));
    await plugin.leave();
    expect((await bridge.event('take-ended')).take).toMatchObject({ frames: 777, state: 'complete' });
    expect(await bridge.event('disconnected')).toMatchObject({ reason: 'The plugin was removed.' });
  });
});

describe('identity', () => {
  it('two live instances with one id are told apart, and both are known again', async () => {
    await using bridge = await ServedBridge.start();
    using first = await bridge.connect({ name: 'Lead' });
    using second = await bridge.connect({ instance: first.instance, name: 'Lead' });
    expect(second.instance).not.toBe(first.instance);
    const assigned = decodeMessage('assign', (await second.next('assign')).payload);
    expect(assigned).toMatchObject({ track: second.instance, name: 'Lead (2)' });
    first.play(0, toneAt(0, 100));
    second.play(0, toneAt(500, 100));
    await first.leave();
    await second.leave();
    using again = await bridge.connect({ instance: second.instance, name: 'Lead (2)' });
    expect(again.instance).toBe(second.instance);
    expect(bridge.session.tracks.list().map(({ name }) => name)).toEqual(['Lead', 'Lead (2)']);
  });

  it('a plugin that reconnects before its old end was seen keeps its id', async () => {
    await using bridge = await ServedBridge.start();
    const first = await bridge.connect({ name: 'Lead' });
    first.socket.destroy();
    using again = await bridge.connect({ instance: first.instance, name: 'Lead' });
    expect(again.instance).toBe(first.instance);
    expect(bridge.session.tracks.list()).toHaveLength(1);
  });

  it('names come from the plugin, the app, or the slot; a change in the app reaches the plugin', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect({ slot: 7 });
    await plugin.next('assign');
    const track = bridge.server.book.find('slot 7');
    bridge.server.changeTrack(track.id, { name: 'Snare', colour: '#123456', group: 'Drums' });
    const told = decodeMessage('assign', (await plugin.next('assign')).payload);
    expect(told).toMatchObject({ name: 'Snare', colour: '#123456' });
    expect(bridge.server.book.find('7')).toMatchObject({ id: track.id, group: 'Drums' });
    plugin.hello({ name: 'Snare top' });
    await plugin.next('welcome');
    expect(bridge.server.book.find('snare TOP').id).toBe(track.id);
    expect(() => bridge.server.book.find('Kick')).toThrow('it has: Snare top');
  });
});

describe('a name given in the app', () => {
  it('while the plugin is away is told when it comes, and then it is the plugin that may change it', async () => {
    await using bridge = await ServedBridge.start();
    const plugin = await bridge.connect({ name: 'Old' });
    await plugin.answered();
    await plugin.leave();
    await bridge.event('disconnected');
    bridge.server.changeTrack(plugin.instance, { name: 'New' });
    await bridge.stop();
    await bridge.serve();
    const again = await bridge.connect({ instance: plugin.instance, name: 'Old' });
    expect(decodeMessage('assign', (await again.next('assign')).payload).name).toBe('New');
    expect(await bridge.event('confirmed')).toMatchObject({ kind: 'name' });
    await again.leave();
    await bridge.event('disconnected');
    using third = await bridge.connect({ instance: plugin.instance, name: 'Newest' });
    expect(decodeMessage('assign', (await third.next('assign')).payload).name).toBe('Newest');
  });
});

describe('who may come in', () => {
  it('not with a wrong token', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await SimulatedPlugin.greet(bridge.endpointFile, { token: 'ab'.repeat(32) });
    expect((await refusalOf(plugin)).kind).toBe('token');
    await plugin.closed();
    expect(await bridge.event('refused')).toMatchObject({ kind: 'token' });
  });

  it('not with another protocol', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await SimulatedPlugin.greet(bridge.endpointFile, { protocol: { min: 2, max: 5 } });
    expect(await refusalOf(plugin)).toMatchObject({ kind: 'version' });
    await plugin.closed();
  });

  it('not without a hello', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await SimulatedPlugin.open(bridge.endpointFile);
    plugin.play(0, toneAt(0, 10));
    expect(await refusalOf(plugin)).toMatchObject({ kind: 'protocol' });
    await plugin.closed();
  });

  it('the endpoint file and its folder are closed to others', async () => {
    await using bridge = await ServedBridge.start();
    expect((await stat(bridge.endpointFile)).mode & 0o777).toBe(0o600);
    const { address } = (await readEndpoint(bridge.endpointFile))!;
    expect((await stat(dirname(address.slice('unix:'.length)))).mode & 0o777).toBe(0o700);
  });

  it('sockets do not lie in a folder that others can enter', async () => {
    await using bridge = await ServedBridge.start();
    const open = join(bridge.folder, 'open');
    await mkdir(open);
    await chmod(open, 0o755);
    const endpointFile = join(open, 'bridge.json');
    await using other = await BridgeServer.start({ session: bridge.session, version: '0', endpointFile });
    expect(dirname(other.address)).not.toBe(`unix:${open}`);
    expect((await stat(dirname(other.address.slice('unix:'.length)))).mode & 0o777).toBe(0o700);
  });
});

describe('a server', () => {
  it('is not joined by a second one at the same place', async () => {
    await using bridge = await ServedBridge.start();
    const second = BridgeServer.start({
      session: bridge.session,
      version: '0.1.0',
      endpointFile: bridge.endpointFile,
    });
    await expect(second).rejects.toMatchObject({ kind: 'busy' });
    // The first one is none the worse for it.
    using plugin = await bridge.connect();
    expect(plugin.instance).toBeTruthy();
  });

  it('takes the place of one that was killed', async () => {
    await using bridge = await ServedBridge.start();
    const left = (await readEndpoint(bridge.endpointFile))!;
    await bridge.stop();
    await writeFile(bridge.endpointFile, JSON.stringify(left));
    await writeFile(left.address.slice('unix:'.length), '');
    await bridge.serve();
    using plugin = await bridge.connect();
    expect(plugin.instance).toBeTruthy();
  });

  it('listens on the loopback address where it is told to', async () => {
    await using bridge = await ServedBridge.start({ listen: 'tcp' });
    expect(bridge.server.address).toMatch(/^tcp:127\.0\.0\.1:\d+$/);
    using plugin = await bridge.connect();
    plugin.play(0, toneAt(0, 64));
    plugin.stop();
    expect((await bridge.event('take-ended')).take.frames).toBe(64);
  });
});
