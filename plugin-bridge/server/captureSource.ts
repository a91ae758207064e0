import type { LivePlugin } from '../../main/contracts/bridge.ts';
import type { TrackRecorder } from './capture/trackRecorder.ts';

/** Where a track's audio comes from while it is connected: a plugin or a ReaStream. */
export interface CaptureSource {
  /** Of the track. */
  readonly id: string;
  readonly sampleRate: number;
  /** From the first audio on. */
  readonly recorder: TrackRecorder | undefined;
  readonly plugin: LivePlugin;
}
