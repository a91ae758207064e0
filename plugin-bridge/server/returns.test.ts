import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ServedBridge, toneAt } from '../../test/support/servedBridge.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { createWav } from '../../main/audio/wav/wavWriter.ts';
import type { MixPlan } from '../../main/contracts/mixPlan.ts';
import { constantTempo } from '../../main/midi/tempoMap.ts';
import { writeMidi } from '../../main/midi/writeMidi.ts';
import { decodeMessage, encodeMessage } from '../protocol/messages.ts';
import { decodeNoteEvents } from '../protocol/noteEvents.ts';
import { returnMix, returnNotes, returnStems } from './returns/giveBack.ts';

async function stemFile(bridge: ServedBridge, name: string, sampleRate = 48_000): Promise<string> {
  const file = join(bridge.folder, name);
  const writer = await createWav(file, { sampleRate, channels: 2, encoding: 'float32' });
  await writer.write(toneAt(0, 100));
  await writer.close();
  return file;
}

const plan = (...names: string[]): MixPlan => ({
  version: 1,
  tracks: names.map((name) => ({ name, role: 'bass', strip: { ...neutralStrip(), gainDb: -3 }, moves: [] })),
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: null, truePeakDb: null },
  after: { integratedLufs: null, truePeakDb: null },
  reference: null,
});

describe('stems', () => {
  it('reach the plugin, are confirmed, and come again after a reconnect and after a restart', async () => {
    await using bridge = await ServedBridge.start();
    const file = await stemFile(bridge, 'vocals.wav');
    const stems = [{ stem: 'vocals', file, startFrame: 960, gainDb: -1 }];
    const first = await bridge.connect({ name: 'Mix' });
    const given = await returnStems(bridge.server, { track: 'mix', stems, listen: true });
    expect(given.delivered).toBe(true);
    expect(decodeMessage('stems', (await first.next('stems')).payload)).toEqual({ stems });
    expect(decodeMessage('monitor', (await first.next('monitor')).payload)).toEqual({ source: 'stems' });
    const kinds = [(await bridge.event('confirmed')).kind, (await bridge.event('confirmed')).kind];
    expect(kinds).toEqual(['stems', 'monitor']);
    first.send(
      'status',
      encodeMessage('status', { stems: [{ stem: 'vocals', state: 'ready' }], droppedFrames: 5, message: '' }),
    );
    await bridge.event('status');
    expect(bridge.server.describe(given.track).plugin).toMatchObject({
      stems: [{ stem: 'vocals', state: 'ready' }],
      droppedFrames: 5,
    });
    await first.leave();

    const second = await bridge.connect({ instance: first.instance });
    expect(decodeMessage('stems', (await second.next('stems')).payload)).toEqual({ stems });
    second.socket.destroy();

    await bridge.stop();
    await bridge.serve();
    using third = await bridge.connect({ instance: first.instance });
    expect(decodeMessage('stems', (await third.next('stems')).payload)).toEqual({ stems });
    // What the user listens to is the plugin's own by now.
    await third.answered();
    expect(third.received.map(({ type }) => type)).not.toContain('monitor');
  });

  it('wait for a plugin that is away', async () => {
    await using bridge = await ServedBridge.start();
    const plugin = await bridge.connect({ name: 'Mix' });
    await plugin.leave();
    await bridge.event('disconnected');
    const stems = [{ stem: 'all', file: await stemFile(bridge, 'all.wav'), startFrame: 0, gainDb: 0 }];
    expect((await returnStems(bridge.server, { track: 'Mix', stems, listen: true })).delivered).toBe(false);
    using again = await bridge.connect({ instance: plugin.instance });
    await again.next('stems');
    await again.next('monitor');
  });

  it('that the plugin could not play are refused with the reason', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect({ name: 'Mix' });
    expect(plugin.instance).toBeTruthy();
    const give = (file: string) =>
      returnStems(bridge.server, {
        track: 'Mix',
        stems: [{ stem: 'a', file, startFrame: 0, gainDb: 0 }],
        listen: true,
      });
    await expect(give(await stemFile(bridge, 'slow.wav', 44_100))).rejects.toThrow(
      'the track runs at 48000 Hz',
    );
    await expect(give(join(bridge.folder, 'missing.wav'))).rejects.toMatchObject({ kind: 'not-found' });
    const integer = join(bridge.folder, 'integer.wav');
    const writer = await createWav(integer, { sampleRate: 48_000, channels: 1, encoding: 'int16' });
    await writer.close();
    await expect(give(integer)).rejects.toThrow('plays float32');
    await expect(
      returnStems(bridge.server, { track: 'Nobody', stems: [], listen: true }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('notes', () => {
  it('of a MIDI file arrive on the host timeline at the rate of the instance', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect({ name: 'Piano', sampleRate: 44_100 });
    plugin.play(44_100, toneAt(0, 100));
    plugin.stop();
    await bridge.event('take-ended');
    const midi = join(bridge.folder, 'piano.mid');
    const notes = [
      { onset: 0.5, offset: 1, pitch: 60, velocity: 90, confidence: 1 },
      { onset: 0, offset: 0.25, pitch: 64, velocity: 80, confidence: 1 },
    ];
    await writeMidi(midi, {
      tracks: [{ name: 'Piano', program: 0, channel: 2, notes }],
      tempoMap: constantTempo(120),
    });
    const given = await returnNotes(bridge.server, { track: 'Piano', midi, startFrame: null });
    // Where the take starts: at one second.
    expect(given).toMatchObject({ notes: 2, startFrame: 44_100, delivered: true });
    const sent = decodeNoteEvents((await plugin.next('notes')).payload);
    expect(sent).toEqual([
      { startFrame: 44_100n, endFrame: 55_125n, channel: 2, pitch: 64, velocity: 80 },
      { startFrame: 66_150n, endFrame: 88_200n, channel: 2, pitch: 60, velocity: 90 },
    ]);
    await bridge.event('confirmed');
    // At another rate the same seconds.
    plugin.hello({ sampleRate: 88_200 });
    await plugin.next('welcome');
    expect(decodeNoteEvents((await plugin.next('notes')).payload)[0]!.startFrame).toBe(88_200n);
  });

  it('in long lists go in several frames', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    bridge.server.live(plugin.instance)!.connection.sendNotes(new Uint8Array(24 * 50_000));
    const [first, second] = [await plugin.next('notes'), await plugin.next('notes')];
    expect([first.flags, second.flags]).toEqual([1, 0]);
    expect(first.payload.length + second.payload.length).toBe(24 * 50_000);
  });
});

describe('a mix plan', () => {
  it('sets the strips of the tracks with its names, once', async () => {
    await using bridge = await ServedBridge.start();
    const bass = await bridge.connect({ name: 'Bass' });
    using drums = await bridge.connect({ name: 'Drums' });
    const outcome = returnMix(bridge.server, { track: null, plan: plan('bass', 'drums', 'Oboe') });
    expect(outcome).toMatchObject({
      applied: [
        { name: 'Bass', delivered: true },
        { name: 'Drums', delivered: true },
      ],
      unknown: ['Oboe'],
    });
    const { strip } = decodeMessage('strip', (await bass.next('strip')).payload);
    expect(strip).toMatchObject({ gainDb: -3 });
    await drums.next('strip');
    await bridge.event('confirmed');
    await bridge.event('confirmed');
    await bass.leave();
    // From here on the strip is the DAW's: what the user changes there is not overwritten.
    using again = await bridge.connect({ instance: bass.instance, name: 'Bass' });
    await again.answered();
    expect(again.received.map(({ type }) => type)).not.toContain('strip');
  });

  it('of one track goes to the named one', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect({ name: 'Lead', slot: 4 });
    expect(returnMix(bridge.server, { track: '4', plan: plan('whatever') }).applied).toHaveLength(1);
    await plugin.next('strip');
    expect(() => returnMix(bridge.server, { track: 'Lead', plan: plan('a', 'b') })).toThrow('it has: a, b');
  });
});

describe('parameters', () => {
  it('that the plugin tells are known', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.send('parameters', encodeMessage('parameters', { gain: -3, pan: 0.5 }));
    plugin.send('parameters', encodeMessage('parameters', { pan: 0 }));
    await plugin.answered();
    expect(bridge.server.live(plugin.instance)!.plugin.parameters).toEqual({ gain: -3, pan: 0 });
  });
});
