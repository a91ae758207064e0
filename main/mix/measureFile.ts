import type { Checkpoint, State } from '../platform/checkpoint.ts';
import { mixBlockFrames } from './mixdown.ts';
import { TrackMeter, type TrackMeasurement } from './trackMeasurement.ts';
import { openTrack } from './trackStream.ts';

interface Measuring {
  readonly signal: AbortSignal;
  readonly checkpoint: Checkpoint;
  /** Told which part (0 to 1) of the file has been measured. */
  readonly onPart: (part: number) => void;
}

/** Measures a track from the start of the timeline on, at its own rate, as a step of the checkpoint: goes on where it was cut short. */
export async function measureFile(
  { path, start }: { readonly path: string; readonly start?: number | undefined },
  { signal, checkpoint, onPart }: Measuring,
): Promise<TrackMeasurement> {
  const track = await openTrack(path, null, start);
  try {
    const meter = new TrackMeter(track.sampleRate, track.channels, track.frames);
    const left = new Float64Array(mixBlockFrames);
    const right = new Float64Array(mixBlockFrames);
    let at = 0;
    const state: State = (archive) => {
      at = archive.pass(at);
      track.state(archive);
      meter.state(archive);
    };
    checkpoint.restore(state);
    while (at < track.frames) {
      signal.throwIfAborted();
      const count = Math.min(mixBlockFrames, track.frames - at);
      await track.next(left.subarray(0, count), right.subarray(0, count));
      meter.push(left.subarray(0, count), right.subarray(0, count));
      at += count;
      await checkpoint.tick(state);
      onPart(at / track.frames);
    }
    return meter.finish();
  } finally {
    await track.close();
  }
}
