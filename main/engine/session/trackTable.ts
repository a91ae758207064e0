import { z } from 'zod';
import { take, takeGap, tempoMap, track, type Take, type Track } from '../../contracts/session.ts';
import type { SessionDatabase } from './database.ts';
import { jsonText } from './jsonText.ts';

const takeRow = z
  .object({
    id: z.string(),
    track_id: z.string(),
    audio: z.string(),
    sample_rate: z.number(),
    channels: z.number(),
    frames: z.number(),
    host_start: z.number(),
    gaps: jsonText.pipe(z.array(takeGap)),
    tempo_map: jsonText.pipe(tempoMap),
  })
  .transform((row) => ({
    id: row.id,
    trackId: row.track_id,
    audio: row.audio,
    sampleRate: row.sample_rate,
    channels: row.channels,
    frames: row.frames,
    hostStart: row.host_start,
    gaps: row.gaps,
    tempoMap: row.tempo_map,
  }))
  .pipe(take);

/** The tracks of the session and their takes. */
export class TrackTable {
  constructor(private readonly database: SessionDatabase) {}

  /** Adds the track, or changes the one with its id. */
  put(added: Track): void {
    const { id, name, position, source } = track.parse(added);
    this.database.run(
      `INSERT INTO tracks (id, name, position, source) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position, source = excluded.source`,
      id,
      name,
      position,
      source,
    );
  }

  list(): Track[] {
    return this.database.all(track, 'SELECT id, name, position, source FROM tracks ORDER BY position, id');
  }

  /** Removes the track with its takes and decisions; audio files stay. */
  remove(id: string): void {
    this.database.run('DELETE FROM tracks WHERE id = ?', id);
  }

  putTake(added: Take): void {
    const row = take.parse(added);
    this.database.run(
      `INSERT OR REPLACE INTO takes (id, track_id, audio, sample_rate, channels, frames, host_start, gaps, tempo_map)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.trackId,
      row.audio,
      row.sampleRate,
      row.channels,
      row.frames,
      row.hostStart,
      JSON.stringify(row.gaps),
      JSON.stringify(row.tempoMap),
    );
  }

  takes(trackId: string): Take[] {
    return this.database.all(
      takeRow,
      'SELECT * FROM takes WHERE track_id = ? ORDER BY host_start, id',
      trackId,
    );
  }
}
