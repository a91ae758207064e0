import { z } from 'zod';
import {
  take,
  takeGap,
  takeStates,
  tempoMap,
  track,
  type NewTake,
  type NewTrack,
  type Take,
  type Track,
} from '../../contracts/session.ts';
import type { SessionDatabase } from './database.ts';
import { jsonText } from './jsonText.ts';

/** Rows are complete: nothing is filled in by default. */
const storedTake = take.extend({ state: z.enum(takeStates), started: z.number() });
const storedTrack = track.extend({
  colour: z.string().nullable(),
  slot: z.number(),
  group: z.string().nullable(),
});

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
    state: z.string(),
    started: z.number(),
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
    state: row.state,
    started: row.started,
  }))
  .pipe(storedTake);

const trackRow = z
  .object({
    id: z.string(),
    name: z.string(),
    position: z.number(),
    source: z.string().nullable(),
    colour: z.string().nullable(),
    slot: z.number(),
    track_group: z.string().nullable(),
  })
  .transform(({ track_group: group, ...row }) => ({ ...row, group }))
  .pipe(storedTrack);

/** The tracks of the session and their takes. */
export class TrackTable {
  constructor(private readonly database: SessionDatabase) {}

  /** Adds the track, or changes the one with its id. */
  put(added: NewTrack): void {
    const { id, name, position, source, colour, slot, group } = track.parse(added);
    this.database.run(
      `INSERT INTO tracks (id, name, position, source, colour, slot, track_group) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position, source = excluded.source,
         colour = excluded.colour, slot = excluded.slot, track_group = excluded.track_group`,
      id,
      name,
      position,
      source,
      colour,
      slot,
      group,
    );
  }

  list(): Track[] {
    return this.database.all(
      trackRow,
      'SELECT id, name, position, source, colour, slot, track_group FROM tracks ORDER BY position, id',
    );
  }

  /** Removes the track with its takes and decisions; audio files stay. */
  remove(id: string): void {
    this.database.run('DELETE FROM tracks WHERE id = ?', id);
  }

  putTake(added: NewTake): void {
    const row = take.parse(added);
    this.database.run(
      `INSERT OR REPLACE INTO takes
         (id, track_id, audio, sample_rate, channels, frames, host_start, gaps, tempo_map, state, started)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.id,
      row.trackId,
      row.audio,
      row.sampleRate,
      row.channels,
      row.frames,
      row.hostStart,
      JSON.stringify(row.gaps),
      JSON.stringify(row.tempoMap),
      row.state,
      row.started,
    );
  }

  /** Forgets a take; its audio file stays. */
  removeTake(id: string): void {
    this.database.run('DELETE FROM takes WHERE id = ?', id);
  }

  /** Takes that were being recorded when the session was last written. */
  recordingTakes(): Take[] {
    return this.database.all(takeRow, `SELECT * FROM takes WHERE state = 'recording' ORDER BY started, id`);
  }

  takes(trackId: string): Take[] {
    return this.database.all(
      takeRow,
      'SELECT * FROM takes WHERE track_id = ? ORDER BY host_start, id',
      trackId,
    );
  }
}
