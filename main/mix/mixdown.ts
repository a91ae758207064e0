import type { MixPlan, StripSettings } from '../contracts/mixPlan.ts';
import { ChannelStrip } from '../audio/strip/channelStrip.ts';
import { Reverb } from '../audio/strip/reverb.ts';
import { openTrack, type TrackStream } from './trackStream.ts';
import { openWav } from '../audio/wav/wavReader.ts';
import type { Checkpoint, Stage, State } from '../platform/checkpoint.ts';

export interface MixdownTrack {
  readonly path: string;
  /** Silence before it, in frames at its own rate. */
  readonly start?: number | undefined;
  readonly strip: StripSettings;
}

export interface Mixdown {
  readonly tracks: readonly MixdownTrack[];
  readonly reverb: MixPlan['reverb'];
  readonly session: SessionFormat;
  readonly signal: AbortSignal;
  /** Goes on where it was cut short, as the step of this checkpoint that is under way. */
  readonly resume?: {
    readonly checkpoint: Checkpoint;
    /** What `onBlock` feeds: saved and restored with the mix. */
    readonly listener: Stage;
    /** Called before a save. */
    readonly flush?: () => Promise<void>;
  };
  /** Called for every block of the mix in order; the arrays are used again. `position` is its first frame. */
  readonly onBlock: (left: Float64Array, right: Float64Array, position: number) => Promise<void> | void;
}

/** Rate and length of a mix: the highest rate among its tracks, the end of the last one. */
export interface SessionFormat {
  readonly sampleRate: number;
  readonly frames: number;
}

/** A third of a second at 48 kHz. */
export const mixBlockFrames = 1 << 14;

export async function sessionFormat(tracks: readonly Omit<MixdownTrack, 'strip'>[]): Promise<SessionFormat> {
  let sampleRate = 0;
  const lengths: { frames: number; rate: number }[] = [];
  for (const { path, start = 0 } of tracks) {
    const reader = await openWav(path);
    lengths.push({ frames: start + reader.frames, rate: reader.sampleRate });
    sampleRate = Math.max(sampleRate, reader.sampleRate);
    await reader.close();
  }
  const frames = Math.max(...lengths.map(({ frames, rate }) => Math.round((frames * sampleRate) / rate)));
  return { sampleRate, frames };
}

/** Streams all tracks through their strips and the shared reverb, summed in float64. Memory does not grow with length. */
export async function mixdown({ tracks, reverb, session, signal, resume, onBlock }: Mixdown): Promise<void> {
  const { sampleRate, frames } = session;
  const open: { stream: TrackStream; strip: ChannelStrip }[] = [];
  try {
    for (const { path, start, strip } of tracks) {
      open.push({
        stream: await openTrack(path, sampleRate, start),
        strip: new ChannelStrip(strip, sampleRate),
      });
    }
    const space = tracks.some(({ strip }) => strip.sendDb !== null) ? new Reverb(reverb, sampleRate) : null;
    const make = () => new Float64Array(mixBlockFrames);
    const track = [make(), make()] as const;
    const sum = [make(), make()] as const;
    const send = [make(), make()] as const;
    let position = 0;
    const state: State = (archive) => {
      position = archive.pass(position);
      for (const { stream, strip } of open) {
        stream.state(archive);
        strip.state(archive);
      }
      space?.state(archive);
      resume?.listener.state(archive);
    };
    resume?.checkpoint.restore(state);
    while (position < frames) {
      const count = Math.min(mixBlockFrames, frames - position);
      const part = ([left, right]: readonly [Float64Array, Float64Array]) =>
        [left.subarray(0, count), right.subarray(0, count)] as const;
      const [left, right] = part(track);
      const [sumLeft, sumRight] = part(sum);
      const [sendLeft, sendRight] = part(send);
      for (const plane of [sumLeft, sumRight, sendLeft, sendRight]) plane.fill(0);
      for (const { stream, strip } of open) {
        signal.throwIfAborted();
        await stream.next(left, right);
        if (strip.idle && isZero(left) && isZero(right)) {
          strip.skip(count);
          continue;
        }
        strip.process(left, right, sendLeft, sendRight);
        for (let n = 0; n < count; n++) {
          sumLeft[n] = sumLeft[n]! + left[n]!;
          sumRight[n] = sumRight[n]! + right[n]!;
        }
      }
      if (space !== null) {
        space.process(sendLeft, sendRight);
        for (let n = 0; n < count; n++) {
          sumLeft[n] = sumLeft[n]! + sendLeft[n]!;
          sumRight[n] = sumRight[n]! + sendRight[n]!;
        }
      }
      await onBlock(sumLeft, sumRight, position);
      position += count;
      await resume?.checkpoint.tick(state, resume.flush);
    }
  } finally {
    for (const { stream } of open) await stream.close();
  }
}

const isZero = (plane: Float64Array): boolean => {
  for (const x of plane) if (x !== 0) return false;
  return true;
};
