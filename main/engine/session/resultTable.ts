import { z } from 'zod';
import type { SessionDatabase } from './database.ts';

const resultRow = z.object({
  key: z.string(),
  operation: z.string(),
  bytes: z.number(),
  created: z.number(),
});
export type ResultRow = z.infer<typeof resultRow>;

/** The index of `results/`. The folders are the truth: a result that this table lacks is found all the same. */
export class ResultTable {
  constructor(private readonly database: SessionDatabase) {}

  put({ key, operation, bytes, created }: ResultRow): void {
    this.database.run(
      'INSERT OR REPLACE INTO results (key, operation, bytes, created) VALUES (?, ?, ?, ?)',
      key,
      operation,
      bytes,
      created,
    );
  }

  remove(key: string): void {
    this.database.run('DELETE FROM results WHERE key = ?', key);
  }

  list(): ResultRow[] {
    return this.database.all(
      resultRow,
      'SELECT key, operation, bytes, created FROM results ORDER BY created, key',
    );
  }
}
