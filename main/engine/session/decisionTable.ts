import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import { decision, type Decision } from '../../contracts/session.ts';
import type { SessionDatabase } from './database.ts';
import { jsonText } from './jsonText.ts';

const decisionRow = z
  .object({
    id: z.string(),
    track_id: z.string(),
    before: jsonText,
    after: jsonText,
    reason: z.string(),
    state: z.string(),
    decided: z.number(),
  })
  .transform(({ track_id: trackId, ...row }) => ({ ...row, trackId }))
  .pipe(decision);

/** Mix moves that the user took, and took back. */
export class DecisionTable {
  constructor(private readonly database: SessionDatabase) {}

  /** Several tracks at once are one step: all are noted or none. */
  apply(moves: readonly Pick<Decision, 'trackId' | 'before' | 'after' | 'reason'>[]): Decision[] {
    const decided = Date.now();
    return this.database.transaction(() =>
      moves.map((move) => {
        const applied: Decision = { ...move, id: randomUUID(), state: 'applied', decided };
        this.database.run(
          `INSERT INTO decisions (id, track_id, before, after, reason, state, decided) VALUES (?, ?, ?, ?, ?, ?, ?)`,
          applied.id,
          applied.trackId,
          JSON.stringify(applied.before),
          JSON.stringify(applied.after),
          applied.reason,
          applied.state,
          decided,
        );
        return applied;
      }),
    );
  }

  /** @throws SoniError `not-found` */
  setState(id: string, state: Decision['state']): void {
    const known = this.database.get(
      z.object({ id: z.string() }),
      'SELECT id FROM decisions WHERE id = ?',
      id,
    );
    if (known === undefined) throw new SoniError('not-found', `There is no decision ${id} in this session.`);
    this.database.run('UPDATE decisions SET state = ? WHERE id = ?', state, id);
  }

  list(): Decision[] {
    return this.database.all(decisionRow, 'SELECT * FROM decisions ORDER BY decided, id');
  }
}
