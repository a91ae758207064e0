import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asSoniError } from '../../../main/contracts/errors.ts';
import type { Session } from '../../../main/engine/session/session.ts';
import { mendTakeFile } from './takeFile.ts';
import { describeTake } from './trackRecorder.ts';

/**
 * Makes the takes whole that a killed server was recording.
 * @returns a sentence for the user about each
 */
export async function recoverTakes(session: Session): Promise<string[]> {
  const names = new Map(session.tracks.list().map(({ id, name }) => [id, name]));
  const notes: string[] = [];
  for (const take of session.tracks.recordingTakes()) {
    const path = join(session.audioDirectory, take.audio);
    const name = names.get(take.trackId) ?? take.trackId;
    const { sampleRate, channels } = take;
    try {
      const frames = await mendTakeFile(path, {
        sampleRate,
        channels,
        ...describeTake(take.hostStart, name),
      });
      if (frames > 0) {
        const gaps = take.gaps.filter(({ start }) => start < frames);
        session.tracks.putTake({ ...take, frames, gaps, state: 'recovered' });
        notes.push(
          `A take of ${name} that was cut short has been recovered: ${(frames / sampleRate).toFixed(1)} s.`,
        );
        continue;
      }
      await rm(path, { force: true });
    } catch (thrown) {
      const error = asSoniError(thrown);
      if (error.kind !== 'not-found') throw error;
    }
    session.tracks.removeTake(take.id);
  }
  return notes;
}
