import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ServedBridge, sameAudio, toneAt } from '../../test/support/servedBridge.ts';
import { SimulatedPlugin } from '../../test/support/simulatedPlugin.ts';
import { smallDisk, type SmallDisk } from '../../test/cli/smallDisk.ts';
import { encodeAudioBlock } from '../protocol/audioBlock.ts';
import { encodeFrame, protocolVersion } from '../protocol/frame.ts';
import { decodeMessage, encodeMessage } from '../protocol/messages.ts';
import { CaptureMemory } from './capture/captureMemory.ts';

const block = (at: number, frames: number) =>
  encodeAudioBlock({
    hostFrame: BigInt(at),
    streamFrame: BigInt(at),
    playing: true,
    looping: false,
    offline: false,
    musical: null,
    audio: toneAt(at, frames),
  });

/** Lets another plugin in and plays 32 frames. @returns how many of them were recorded */
async function framesOfNext(bridge: ServedBridge): Promise<number> {
  using plugin = await bridge.connect();
  plugin.play(0, toneAt(0, 32));
  plugin.stop();
  for (;;) {
    const { take } = await bridge.event('take-ended');
    if (take.trackId === plugin.instance) return take.frames;
  }
}

describe('what arrives in pieces', () => {
  it('is put together, byte by byte', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    const bytes = encodeFrame({ type: 'audio', flags: 0, stream: 1, sequence: 1n, payload: block(0, 20) });
    for (const byte of bytes) {
      plugin.socket.write(Uint8Array.of(byte));
      await turn();
    }
    plugin.socket.end();
    expect(await bridge.audioOf((await bridge.event('take-ended')).take)).toEqual(toneAt(0, 20));
  });

  it('and stops in the middle of a frame leaves what was whole', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.play(0, toneAt(0, 100));
    const half = encodeFrame({ type: 'audio', flags: 0, stream: 1, sequence: 2n, payload: block(100, 100) });
    plugin.socket.end(half.subarray(0, half.length / 2));
    expect((await bridge.event('take-ended')).take.frames).toBe(100);
    expect(await framesOfNext(bridge)).toBe(32);
  });
});

describe('a wrong byte', () => {
  it('anywhere in a frame ends at most that connection, never the server', async () => {
    await using bridge = await ServedBridge.start();
    const clean = [
      encodeFrame({ type: 'audio', flags: 0, stream: 1, sequence: 1n, payload: block(0, 8) }),
      encodeFrame({
        type: 'transport',
        flags: 0,
        stream: 0,
        sequence: 1n,
        payload: encodeMessage('transport', { playing: false, hostFrame: 8 }),
      }),
    ];
    const ends: Promise<void>[] = [];
    for (const frame of clean) {
      for (let at = 0; at < frame.length; at++) {
        const plugin = await bridge.connect();
        const bad = Uint8Array.from(frame);
        bad[at] = bad[at]! ^ 0xff;
        plugin.socket.end(bad);
        ends.push(plugin.closed());
      }
    }
    await Promise.all(ends);
    expect(await framesOfNext(bridge)).toBe(32);
  });

  it('instead of a hello is answered with a reason', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await SimulatedPlugin.open(bridge.endpointFile);
    plugin.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const refused = decodeMessage('refused', (await plugin.next('refused')).payload);
    expect(refused).toMatchObject({ kind: 'protocol' });
    expect(refused.message).toContain('Not a bridge frame');
    await plugin.closed();
  });

  it('in the version names both versions', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await SimulatedPlugin.open(bridge.endpointFile);
    const bytes = encodeFrame({
      type: 'ping',
      flags: 0,
      stream: 0,
      sequence: 0n,
      payload: new Uint8Array(8),
    });
    bytes[4] = protocolVersion + 1;
    plugin.socket.write(bytes);
    const refused = decodeMessage('refused', (await plugin.next('refused')).payload);
    expect(refused).toMatchObject({ kind: 'version' });
    expect(refused.message).toContain(`protocol ${protocolVersion + 1}, this is ${protocolVersion}`);
  });
});

describe('keep-alive', () => {
  it('asks a quiet plugin, and gives one up that does not answer', async () => {
    await using bridge = await ServedBridge.start({ keepAliveSeconds: 0.3 });
    using lively = await bridge.connect({ name: 'lively' });
    using dead = await bridge.connect({ name: 'dead' });
    dead.answerPings(() => undefined);
    await dead.closed();
    expect(await bridge.event('disconnected')).toMatchObject({ name: 'dead' });
    expect(lively.socket.destroyed).toBe(false);
  });
});

describe('a flood', () => {
  it('much faster than real time loses nothing', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    const frames = 48_000 * 20;
    const blockFrames = 1000;
    for (let at = 0; at < frames; at += blockFrames) {
      if (!plugin.play(at, toneAt(at % 48_000, blockFrames))) await plugin.drained();
    }
    plugin.stop();
    const { take } = await bridge.event('take-ended');
    expect(take).toMatchObject({ frames, gaps: [] });
    const audio = await bridge.audioOf(take);
    const second = toneAt(0, 48_000);
    for (let at = 0; at < frames; at += 48_000) {
      const part = audio.map((channel) => channel.subarray(at, at + 48_000));
      expect(sameAudio(part, second)).toBe(true);
    }
  });

  it('over a plugin that reads nothing does not fill our memory', async () => {
    await using bridge = await ServedBridge.start();
    using plugin = await bridge.connect();
    plugin.socket.pause();
    const notes = new Uint8Array(24 * 40_000);
    const live = bridge.server.live(plugin.instance)!;
    // More than we let wait for one plugin: it is given up.
    for (let n = 0; n < 60; n++) live.connection.sendNotes(notes);
    expect(await bridge.event('disconnected')).toMatchObject({
      reason: 'the plugin does not read what it is sent',
    });
    plugin.socket.resume();
    if (!plugin.socket.destroyed) await once(plugin.socket, 'close');
  });
});

describe('a full disk', () => {
  const frames = 48_000 * 10;
  const blockFrames = 1000;

  /** Fills the disk, plays 10 s (3.8 MB, more than it holds), makes space again when the user has been told. */
  async function playOnFullDisk(disk: SmallDisk, memory: CaptureMemory) {
    await using bridge = await ServedBridge.start({ memory }, disk.path);
    using plugin = await bridge.connect();
    const ballast = join(disk.path, 'ballast');
    await writeFile(ballast, Buffer.alloc(5 << 20));
    for (let at = 0; at < frames; at += blockFrames) {
      if (!plugin.play(at, toneAt(at, blockFrames))) await plugin.drained();
    }
    const trouble = await bridge.event('trouble');
    expect(trouble.kind).toBe('no-space');
    expect(trouble.message).toContain('What was captured is safe');
    // The connection goes on meanwhile: the DAW is not held up.
    await plugin.answered();
    await rm(ballast);
    await bridge.event('recovered');
    plugin.stop();
    const { take } = await bridge.event('take-ended');
    return { take, audio: await bridge.audioOf(take) };
  }

  it('loses nothing that memory can hold until there is space', async (test) => {
    using disk = smallDisk(8 * 1024);
    if (disk === null) return test.skip('only a user who may mount can make a full disk');
    const { take, audio } = await playOnFullDisk(disk, new CaptureMemory());
    expect(take).toMatchObject({ frames, gaps: [], state: 'complete' });
    expect(sameAudio(audio, toneAt(0, frames))).toBe(true);
  });

  it('marks what memory could not hold, everything else is there in its place', async (test) => {
    using disk = smallDisk(8 * 1024);
    if (disk === null) return test.skip('only a user who may mount can make a full disk');
    const { take, audio } = await playOnFullDisk(disk, new CaptureMemory(500_000, 500_000));
    expect(take.gaps.length).toBeGreaterThan(0);
    const expected = toneAt(0, take.frames);
    for (const channel of expected) {
      for (const gap of take.gaps) channel.fill(0, gap.start, gap.start + gap.frames);
    }
    expect(take.frames).toBe(frames);
    expect(sameAudio(audio, expected)).toBe(true);
  });

  it('does not hold up the end of the program; what was captured is found again', async (test) => {
    using disk = smallDisk(8 * 1024);
    if (disk === null) return test.skip('only a user who may mount can make a full disk');
    await using bridge = await ServedBridge.start({}, disk.path);
    const plugin = await bridge.connect();
    const ballast = join(disk.path, 'ballast');
    await writeFile(ballast, Buffer.alloc(5 << 20));
    for (let at = 0; at < frames; at += blockFrames) {
      if (!plugin.play(at, toneAt(at, blockFrames))) await plugin.drained();
    }
    await bridge.event('trouble');
    await bridge.stop();
    await rm(ballast);
    await bridge.serve();
    const [take, ...more] = bridge.session.tracks.takes(plugin.instance);
    expect(more).toEqual([]);
    expect(take!.state).not.toBe('recording');
    expect(take!.frames).toBeGreaterThan(48_000);
    expect(sameAudio(await bridge.audioOf(take!), toneAt(0, take!.frames))).toBe(true);
  });
});
