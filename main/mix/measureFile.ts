import { mixBlockFrames } from './mixdown.ts';
import { TrackMeter, type TrackMeasurement } from './trackMeasurement.ts';
import { openTrack } from './trackStream.ts';

/** Measures a file at its own rate. `onPart` is told the part (0 to 1) of the file that each step was. */
export async function measureFile(
  path: string,
  signal: AbortSignal,
  onPart: (part: number) => void,
): Promise<TrackMeasurement> {
  const track = await openTrack(path, null);
  try {
    const meter = new TrackMeter(track.sampleRate, track.channels, track.frames);
    const left = new Float64Array(mixBlockFrames);
    const right = new Float64Array(mixBlockFrames);
    for (let at = 0; at < track.frames; at += mixBlockFrames) {
      signal.throwIfAborted();
      const count = Math.min(mixBlockFrames, track.frames - at);
      await track.next(left.subarray(0, count), right.subarray(0, count));
      meter.push(left.subarray(0, count), right.subarray(0, count));
      onPart(count / track.frames);
    }
    return meter.finish();
  } finally {
    await track.close();
  }
}
