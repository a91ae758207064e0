import { SoniError } from '../../main/contracts/errors.ts';
import type { Planar } from '../../main/audio/audioStream.ts';

const positionBytes = 64;
export const maxBlockChannels = 32;

/** Where the host's transport stands at the first frame of a block. */
export interface HostPosition {
  /** Sample position on the host timeline; negative in a pre-roll. */
  readonly hostFrame: bigint;
  /** Frames captured since the instance was activated, lost ones included; runs on when the plugin reconnects. */
  readonly streamFrame: bigint;
  readonly playing: boolean;
  readonly looping: boolean;
  /** The host renders faster than real time (bounce, freewheel). */
  readonly offline: boolean;
  /** `null` when the host gives no musical time. */
  readonly musical: {
    readonly bpm: number;
    /** From 1. */
    readonly bar: number;
    /** From 1. */
    readonly beat: number;
    /** Part of the beat that has passed, 0 to 1. */
    readonly beatFraction: number;
    readonly beatsPerBar: number;
    readonly beatUnit: number;
  } | null;
}

export interface AudioBlock extends HostPosition {
  /** One array per channel, all of one length. */
  readonly audio: Planar;
}

const bit = { playing: 1, looping: 2, offline: 4, musical: 8 } as const;

/** Payload of an `audio` frame: 64 bytes of position, then planar float32. */
export function encodeAudioBlock(block: AudioBlock): Uint8Array {
  const channels = block.audio.length;
  const frames = block.audio[0]?.length ?? 0;
  const bytes = new Uint8Array(positionBytes + channels * frames * 4);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, block.hostFrame, true);
  view.setBigUint64(8, block.streamFrame, true);
  view.setUint32(16, frames, true);
  view.setUint16(20, channels, true);
  const musical = block.musical;
  view.setUint16(
    22,
    (block.playing ? bit.playing : 0) |
      (block.looping ? bit.looping : 0) |
      (block.offline ? bit.offline : 0) |
      (musical ? bit.musical : 0),
    true,
  );
  if (musical !== null) {
    view.setFloat64(24, musical.bpm, true);
    view.setFloat64(32, musical.beatFraction, true);
    view.setInt32(40, musical.bar, true);
    view.setInt32(44, musical.beat, true);
    view.setFloat32(48, musical.beatsPerBar, true);
    view.setFloat32(52, musical.beatUnit, true);
  }
  // Bytes 56 to 63 are reserved and zero.
  let at = positionBytes;
  for (const channel of block.audio) {
    for (const sample of channel) {
      view.setFloat32(at, sample, true);
      at += 4;
    }
  }
  return bytes;
}

/** The same memory where it is aligned, otherwise a copy. */
function floats(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/**
 * The audio may be a view of the payload.
 * @throws SoniError `bad-input` when sizes do not agree with the payload's length
 */
export function decodeAudioBlock(payload: Uint8Array): AudioBlock {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (payload.length < positionBytes) {
    throw new SoniError(
      'bad-input',
      `An audio block of ${payload.length} bytes; at least ${positionBytes} were expected.`,
    );
  }
  const frames = view.getUint32(16, true);
  const channels = view.getUint16(20, true);
  const expected = positionBytes + channels * frames * 4;
  if (channels > maxBlockChannels || payload.length !== expected) {
    throw new SoniError(
      'bad-input',
      `An audio block of ${payload.length} bytes says ${channels} channels of ${frames} frames (${expected} bytes, at most ${maxBlockChannels} channels).`,
    );
  }
  const bits = view.getUint16(22, true);
  const samples = floats(payload.subarray(positionBytes));
  return {
    hostFrame: view.getBigInt64(0, true),
    streamFrame: view.getBigUint64(8, true),
    playing: (bits & bit.playing) !== 0,
    looping: (bits & bit.looping) !== 0,
    offline: (bits & bit.offline) !== 0,
    musical:
      (bits & bit.musical) === 0
        ? null
        : {
            bpm: view.getFloat64(24, true),
            beatFraction: view.getFloat64(32, true),
            bar: view.getInt32(40, true),
            beat: view.getInt32(44, true),
            beatsPerBar: view.getFloat32(48, true),
            beatUnit: view.getFloat32(52, true),
          },
    audio: Array.from({ length: channels }, (_, channel) =>
      samples.subarray(channel * frames, (channel + 1) * frames),
    ),
  };
}
