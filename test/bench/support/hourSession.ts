import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PeaksBuilder } from '../../../main/audio/peaks/peaksBuilder.ts';
import { formatPeaksHeader } from '../../../main/audio/peaks/peaksFormat.ts';
import { Session } from '../../../main/engine/session/session.ts';

const rate = 48_000;

/** A session with takes of noise that swells, and their peaks. */
export async function hourSession(folder: string, tracks: number, minutes: number): Promise<void> {
  const session = await Session.open(folder);
  const frames = minutes * 60 * rate;
  const builder = new PeaksBuilder(rate, 2, frames);
  const second = [0.6, 0.5].map((gain) =>
    Float32Array.from({ length: rate }, (_, n) => gain * Math.sin(n * n * 1e-5) * Math.exp((-4 * n) / rate)),
  );
  for (let done = 0; done < frames; done += rate) builder.process(second);
  const levels = builder.finish();
  const bytes = Buffer.concat([
    formatPeaksHeader(builder.header),
    ...levels.toReversed().map((level) => new Uint8Array(level.buffer)),
  ]);
  await mkdir(join(folder, 'peaks'), { recursive: true });
  for (let position = 0; position < tracks; position++) {
    const [track, take] = [randomUUID(), randomUUID()];
    session.tracks.put({
      id: track,
      name: `Track ${position + 1}`,
      position,
      source: null,
      colour: '#3d7dd8',
    });
    const tempoMap = [{ sample: 0, bpm: 120, numerator: 4, denominator: 4, bar: 1, beat: 1 }];
    session.tracks.putTake({
      id: take,
      trackId: track,
      audio: `${take}.wav`,
      sampleRate: rate,
      channels: 2,
      frames,
      hostStart: 0,
      gaps: [],
      tempoMap,
    });
    await writeFile(join(folder, 'peaks', `${take}.peaks`), bytes);
  }
  session.close();
}
