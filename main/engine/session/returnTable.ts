import { z } from 'zod';
import { returnKinds, type ReturnKind } from '../../contracts/session.ts';
import type { SessionDatabase } from './database.ts';
import { jsonText } from './jsonText.ts';

const returnRow = z.object({
  kind: z.enum(returnKinds),
  payload: jsonText,
  given: z.number(),
  confirmed: z.number().nullable(),
});
export type ReturnRow = z.infer<typeof returnRow>;

/** What was given back to the plugin of a track: one of each kind, the last one counts. */
export class ReturnTable {
  constructor(private readonly database: SessionDatabase) {}

  /** Replaces what the track had of this kind; the plugin has not confirmed it yet. */
  put(trackId: string, kind: ReturnKind, payload: unknown): void {
    this.database.run(
      `INSERT OR REPLACE INTO returns (track_id, kind, payload, given, confirmed) VALUES (?, ?, ?, ?, NULL)`,
      trackId,
      kind,
      JSON.stringify(payload),
      Date.now(),
    );
  }

  confirm(trackId: string, kind: ReturnKind): void {
    this.database.run(
      'UPDATE returns SET confirmed = ? WHERE track_id = ? AND kind = ?',
      Date.now(),
      trackId,
      kind,
    );
  }

  remove(trackId: string, kind: ReturnKind): void {
    this.database.run('DELETE FROM returns WHERE track_id = ? AND kind = ?', trackId, kind);
  }

  list(trackId: string): ReturnRow[] {
    return this.database.all(
      returnRow,
      'SELECT kind, payload, given, confirmed FROM returns WHERE track_id = ? ORDER BY kind',
      trackId,
    );
  }
}
