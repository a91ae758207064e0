import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SoniError } from '../../main/contracts/errors.ts';
import { decodeAudioBlock, encodeAudioBlock, type AudioBlock } from './audioBlock.ts';
import {
  FrameDecoder,
  encodeFrame,
  frameTypes,
  maxPayloadBytes,
  type Frame,
  type FrameType,
} from './frame.ts';
import { decodeGap, encodeGap } from './gap.ts';
import { decodeMessage, encodeMessage, messages, type MessageType } from './messages.ts';
import { decodeNoteEvents, encodeNoteEvents } from './noteEvents.ts';
import { goldenFrames } from './golden/frames.ts';

const frameType = fc.constantFrom(...(Object.keys(frameTypes) as FrameType[]));
const frames = fc.array(
  fc.record({
    type: frameType,
    flags: fc.nat(65535),
    stream: fc.nat(),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 6 },
);
const numbered = (list: readonly Omit<Frame, 'sequence'>[]): Frame[] =>
  list.map((frame, index) => ({ ...frame, sequence: BigInt(index) }));
const bytesOf = (list: readonly Frame[]): Uint8Array => Buffer.concat(list.map(encodeFrame));

/** Decodes what it can; only a SoniError may end it. */
function decodeAll(bytes: Uint8Array, pieces: readonly number[] = []): Frame[] {
  const decoder = new FrameDecoder();
  const decoded: Frame[] = [];
  let at = 0;
  for (const size of [...pieces, bytes.length]) {
    decoded.push(...decoder.push(bytes.subarray(at, at + size)));
    at = Math.min(bytes.length, at + size);
  }
  return decoded;
}

function decodePayload({ type, payload }: Frame): unknown {
  if (type === 'audio') return decodeAudioBlock(payload);
  if (type === 'gap') return decodeGap(payload);
  if (type === 'notes') return decodeNoteEvents(payload);
  if (type === 'ping' || type === 'pong') return null;
  return decodeMessage(type, payload);
}

function failureOf(attempt: () => unknown): unknown {
  try {
    attempt();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 0, max: 50 })), (list, pieces) => {
        const sent = numbered(list);
        expect(decodeAll(bytesOf(sent), pieces)).toEqual(sent);
      }),
    );
  });

  it('come out when every byte arrives alone', () => {
    const sent = numbered(goldenFrames.map(({ frame }) => frame));
    const bytes = bytesOf(sent);
    expect(
      decodeAll(
        bytes,
        Array.from(bytes, () => 1),
      ),
    ).toEqual(sent);
  });

  it.each([
    ['another magic', 0, 'Not a bridge frame'],
    ['another version', 4, 'speaks bridge protocol 2'],
    ['a length over the cap', 14, 'over the cap'],
    ['a lost frame', 16, 'was expected'],
  ])('refuse %s', (_, byte, message) => {
    const bytes = encodeFrame({
      type: 'ping',
      flags: 0,
      stream: 0,
      sequence: 0n,
      payload: new Uint8Array(8),
    });
    bytes[byte] = byte === 4 ? 2 : 0xff;
    expect(() => decodeAll(bytes)).toThrow(message);
  });

  it('of an unknown type are passed over', () => {
    const bytes = bytesOf(numbered([goldenFrames[0]!.frame, goldenFrames[0]!.frame]));
    bytes[5] = 0x7f;
    expect(decodeAll(bytes).map(({ sequence }) => sequence)).toEqual([1n]);
  });

  it('over the cap are not sent', () => {
    const payload = new Uint8Array(maxPayloadBytes + 1);
    expect(() => encodeFrame({ type: 'notes', flags: 0, stream: 0, sequence: 0n, payload })).toThrow(
      'over the cap',
    );
  });

  it('that are mutated anywhere end in a SoniError or decode; nothing else happens', () => {
    const clean = bytesOf(numbered(goldenFrames.map(({ frame }) => frame)));
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(clean.length - 1), byte: fc.nat(255) }), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.nat(clean.length),
        (mutations, length) => {
          const bytes = clean.slice();
          for (const { at, byte } of mutations) bytes[at] = byte;
          expect(failureOf(() => decodeAll(bytes.subarray(0, length)).map(decodePayload))).toSatisfy(
            (failure) => failure === undefined || failure instanceof SoniError,
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('payloads', () => {
  const anyBigInt = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const position = fc.record({
    hostFrame: anyBigInt,
    streamFrame: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    playing: fc.boolean(),
    looping: fc.boolean(),
    offline: fc.boolean(),
    musical: fc.option(
      fc.record({
        bpm: fc.double({ min: 1, max: 999, noNaN: true }),
        bar: fc.integer({ min: -1000, max: 100_000 }),
        beat: fc.integer({ min: 1, max: 64 }),
        beatFraction: fc.double({ min: 0, max: 1, noNaN: true }),
        beatsPerBar: fc.float({ min: 1, max: 64, noNaN: true }),
        beatUnit: fc.constantFrom(2, 4, 8, 16),
      }),
    ),
  });

  it('of audio keep every bit, NaN included', () => {
    const channels = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(64)).chain(([count, length]) =>
      fc.array(fc.float32Array({ minLength: length, maxLength: length }), {
        minLength: count,
        maxLength: count,
      }),
    );
    fc.assert(
      fc.property(position, channels, (where, audio) => {
        const block: AudioBlock = { ...where, audio };
        expect(decodeAudioBlock(encodeAudioBlock(block))).toEqual(block);
      }),
    );
  });

  it('of audio with sizes that do not agree are refused', () => {
    const bytes = encodeAudioBlock({
      hostFrame: 0n,
      streamFrame: 0n,
      playing: true,
      looping: false,
      offline: false,
      musical: null,
      audio: [new Float32Array(8)],
    });
    expect(() => decodeAudioBlock(bytes.subarray(0, -1))).toThrow('bytes, at most 32 channels');
    expect(() => decodeAudioBlock(bytes.subarray(0, 10))).toThrow('at least 64');
  });

  it('of gaps and notes come back', () => {
    const gap = { hostFrame: -5n, streamFrame: 7n, frames: 4096n };
    expect(decodeGap(encodeGap(gap))).toEqual(gap);
    const notes = [{ startFrame: 0n, endFrame: 48000n, channel: 9, pitch: 36, velocity: 127 }];
    expect(decodeNoteEvents(encodeNoteEvents(notes))).toEqual(notes);
    expect(() => decodeNoteEvents(new Uint8Array(25))).toThrow('multiple of 24');
    expect(() => decodeNoteEvents(encodeNoteEvents([{ ...notes[0]!, endFrame: -1n }]))).toThrow(
      'out of range',
    );
  });

  it('of control messages that are no JSON or of a wrong form are refused', () => {
    expect(() => decodeMessage('bye', new Uint8Array([0xff]))).toThrow('not UTF-8 JSON');
    expect(() => decodeMessage('monitor', new TextEncoder().encode('{"source":"both"}'))).toThrow(
      'wrong form',
    );
  });
});

describe('the golden vectors', () => {
  const golden: unknown = JSON.parse(readFileSync(new URL('golden/frames.json', import.meta.url), 'utf8'));

  it('are what this codec writes', () => {
    const written = goldenFrames.map(({ label, frame }, index) => ({
      label,
      hex: Buffer.from(encodeFrame({ ...frame, sequence: BigInt(index) })).toString('hex'),
    }));
    expect(written).toEqual(golden);
  });

  it('cover every frame type and message', () => {
    const covered = new Set(goldenFrames.map(({ frame }) => frame.type));
    expect([...covered].sort()).toEqual(Object.keys(frameTypes).sort());
    for (const type of Object.keys(messages) as MessageType[]) {
      const { frame } = goldenFrames.find((golden) => golden.frame.type === type)!;
      expect(encodeMessage(type, decodeMessage(type, frame.payload))).toEqual(frame.payload);
    }
  });
});
