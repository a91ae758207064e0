import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, encodeFrame } from './frames.ts';

const payloads = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });

function decode(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const decoder = new FrameDecoder();
  const edges = [0, ...[...new Set(cuts)].sort((a, b) => a - b), stream.byteLength];
  const frames = edges.slice(1).flatMap((end, index) => decoder.push(stream.subarray(edges[index], end)));
  expect(decoder.pendingBytes).toBe(0);
  return frames;
}

describe('frames', () => {
  it('survive being split at every single byte', () => {
    fc.assert(
      fc.property(payloads, (sent) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        for (let cut = 0; cut <= stream.byteLength; cut++) {
          expect(decode(stream, [cut]).map((frame) => [...frame])).toEqual(sent.map((frame) => [...frame]));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('survive any splitting, one byte at a time included', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(500)), (sent, rawCuts) => {
        const stream = Buffer.concat(sent.map(encodeFrame));
        const cuts = rawCuts.filter((cut) => cut < stream.byteLength);
        const expected = sent.map((frame) => [...frame]);
        expect(decode(stream, cuts).map((frame) => [...frame])).toEqual(expected);
        const everyByte = Array.from({ length: stream.byteLength }, (_, index) => index);
        expect(decode(stream, everyByte).map((frame) => [...frame])).toEqual(expected);
      }),
    );
  });

  it('keep a truncated frame back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat(), (payload, cut) => {
        const stream = encodeFrame(payload);
        const decoder = new FrameDecoder();
        const part = stream.subarray(0, cut % stream.byteLength);
        expect(decoder.push(part)).toEqual([]);
        expect(decoder.pendingBytes).toBe(part.byteLength);
      }),
    );
  });

  it('refuse a length over the cap as soon as it is announced', () => {
    const decoder = new FrameDecoder(1000);
    expect(decoder.push(encodeFrame(new Uint8Array(1000)))).toHaveLength(1);
    const header = Buffer.alloc(4);
    header.writeUInt32LE(1001);
    expect(() => decoder.push(header)).toThrow(RangeError);
  });
});
