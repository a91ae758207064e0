import { createHash } from 'node:crypto';
import type { OperationOutput } from '../../contracts/operations.ts';
import { labelOf } from './audioJobs.ts';
import type { Session } from '../session/session.ts';

/** Notes a file of the user's as a track of the session with one take; again for the same file changes nothing. */
export function recordTake(
  session: Session,
  path: string,
  position: number,
  decoded: OperationOutput<'decode'>,
): void {
  const id = createHash('sha256').update(path).digest('hex').slice(0, 32);
  session.tracks.put({ id, name: labelOf(path), position, source: path });
  session.tracks.putTake({
    id,
    trackId: id,
    audio: path,
    sampleRate: decoded.sampleRate,
    channels: decoded.channels,
    frames: decoded.frames,
    hostStart: decoded.timeReference ?? 0,
    gaps: [],
    tempoMap: [],
  });
}
