import { SoniError } from '../../main/contracts/errors.ts';
import { decodeAudioBlock } from '../../plugin-bridge/protocol/audioBlock.ts';
import { FrameDecoder, encodeFrame, type Frame } from '../../plugin-bridge/protocol/frame.ts';
import { decodeGap } from '../../plugin-bridge/protocol/gap.ts';
import { goldenFrames } from '../../plugin-bridge/protocol/golden/frames.ts';
import { decodeMessage } from '../../plugin-bridge/protocol/messages.ts';
import { decodeNoteEvents } from '../../plugin-bridge/protocol/noteEvents.ts';

export interface FuzzResult {
  readonly frames: number;
  /** Frames that came out of the decoder in spite of their mutation. */
  readonly decoded: number;
  /** Payloads that were read in spite of it. */
  readonly read: number;
  /** Streams ended and payloads refused by a SoniError. */
  readonly refused: number;
}

function readPayload({ type, payload }: Frame): void {
  if (type === 'audio') decodeAudioBlock(payload);
  else if (type === 'gap') decodeGap(payload);
  else if (type === 'notes') decodeNoteEvents(payload);
  else if (type !== 'ping' && type !== 'pong') decodeMessage(type, payload);
}

/**
 * Sends mutated frames through the codec: bytes changed, cut off, doubled, lengths and sequences that lie, arriving in
 * arbitrary pieces.
 * @throws whatever is not a SoniError: a fault of the codec
 */
export function fuzzCodec(count: number, seed: number): FuzzResult {
  let state = seed | 0 || 1;
  const random = (below: number): number => {
    // xorshift32 (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const clean = goldenFrames.map(({ frame }) => encodeFrame({ ...frame, sequence: 0n }));
  const mutate = (bytes: Uint8Array): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    switch (random(5)) {
      case 0:
        return copy.subarray(0, random(copy.length + 1));
      case 1:
        return Buffer.concat([copy, copy.subarray(random(copy.length))]);
      case 2:
        // Inside the header, where it hurts most.
        copy[random(24)] = random(256);
        return copy;
      default:
        for (let n = 1 + random(6); n > 0; n--) copy[random(copy.length)] = random(256);
        return copy;
    }
  };
  let decoded = 0;
  let read = 0;
  let refused = 0;
  const expectRefusal = (thrown: unknown) => {
    if (!(thrown instanceof SoniError)) throw thrown;
    refused++;
  };
  for (let n = 0; n < count; n++) {
    const bytes = mutate(clean[random(clean.length)]!);
    const cut = random(bytes.length + 1);
    const decoder = new FrameDecoder();
    try {
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
        for (const frame of decoder.push(piece)) {
          decoded++;
          try {
            readPayload(frame);
            read++;
          } catch (thrown) {
            expectRefusal(thrown);
          }
        }
      }
    } catch (thrown) {
      expectRefusal(thrown);
    }
  }
  return { frames: count, decoded, read, refused };
}
