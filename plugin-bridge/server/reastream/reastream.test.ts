import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServedBridge, sameAudio, toneAt } from '../../../test/support/servedBridge.ts';
import { parseReaStream } from './packet.ts';

/** A datagram as REAPER makes it. */
function datagram(identifier: string, sampleRate: number, audio: readonly Float32Array[]): Buffer {
  const samples = Buffer.concat(
    audio.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const head = Buffer.alloc(47);
  head.write('MRSR', 0, 'latin1');
  head.writeInt32LE(47 + samples.length, 4);
  head.write(identifier, 8, 31, 'utf8');
  head.writeUInt8(audio.length, 40);
  head.writeInt32LE(sampleRate, 41);
  head.writeInt16LE(samples.length, 45);
  return Buffer.concat([head, samples]);
}

describe('a ReaStream packet', () => {
  it('gives name, rate and planar audio', () => {
    const audio = toneAt(0, 150);
    const packet = parseReaStream(datagram('drums', 96_000, audio))!;
    expect(packet).toMatchObject({ identifier: 'drums', sampleRate: 96_000 });
    expect(sameAudio(packet.audio, audio)).toBe(true);
  });

  it('that is damaged or something else is passed over', () => {
    const good = datagram('drums', 48_000, toneAt(0, 150));
    for (let length = 0; length < good.length; length++)
      expect(parseReaStream(good.subarray(0, length))).toBeNull();
    const midi = Buffer.from(good);
    midi.write('mRSR', 0, 'latin1');
    expect(parseReaStream(midi)).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(199), fc.nat(255), (bytes, at, byte) => {
        parseReaStream(bytes);
        const mutated = Buffer.from(good);
        mutated[at % 47] = byte;
        const packet = parseReaStream(mutated);
        expect(packet === null || packet.audio.length > 0).toBe(true);
      }),
    );
  });
});

describe('the ReaStream input', () => {
  it('records each identifier as a track, from the first sound on', async () => {
    await using bridge = await ServedBridge.start({ reaStreamPort: 0 });
    const port = Number(bridge.server.reaStreamAddress!.split(':').at(-1));
    const sender = createSocket('udp4');
    const send = async (bytes: Buffer) =>
      new Promise<void>((resolve, reject) =>
        sender.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      );
    const silence = [new Float32Array(150), new Float32Array(150)];
    await send(datagram('keys', 48_000, silence));
    // A tone that starts above zero, so that not even its first sample is taken for silence.
    for (let at = 0; at < 3000; at += 150) await send(datagram('keys', 48_000, toneAt(1 + at, 150)));
    await send(datagram('strings', 48_000, toneAt(1, 150)));
    const first = await bridge.event('take-ended');
    const second = await bridge.event('take-ended');
    const keys = [first, second].find(({ name }) => name === 'keys')!;
    expect(keys.take).toMatchObject({ frames: 3000, hostStart: 0, gaps: [] });
    expect(sameAudio(await bridge.audioOf(keys.take), toneAt(1, 3000))).toBe(true);
    expect([first, second].map(({ name }) => name).sort()).toEqual(['keys', 'strings']);
    expect(bridge.server.describe(bridge.server.book.find('keys')).plugin).toMatchObject({
      format: 'ReaStream',
    });
    sender.close();
    await once(sender, 'close');
  });

  it('says so when the port is taken', async () => {
    await using bridge = await ServedBridge.start({ reaStreamPort: 0 });
    const port = Number(bridge.server.reaStreamAddress!.split(':').at(-1));
    await expect(ServedBridge.start({ reaStreamPort: port })).rejects.toMatchObject({ kind: 'busy' });
  });
});
