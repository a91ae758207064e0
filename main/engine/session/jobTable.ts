import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { SoniError } from '../../contracts/errors.ts';
import { sessionJob, type SessionJob } from '../../contracts/session.ts';
import type { SessionDatabase } from './database.ts';
import { jsonText } from './jsonText.ts';

const jobRow = z
  .object({
    id: z.string(),
    workflow: z.string(),
    request: jsonText,
    state: z.string(),
    error: z.string().nullable(),
    started: z.number(),
    ended: z.number().nullable(),
  })
  .pipe(sessionJob);

/** What was asked of this session, and how it went. */
export class JobTable {
  constructor(private readonly database: SessionDatabase) {}

  /** @returns the new job's id */
  start(workflow: string, request: unknown): string {
    const id = randomUUID();
    this.database.run(
      `INSERT INTO jobs (id, workflow, request, state, started) VALUES (?, ?, ?, 'running', ?)`,
      id,
      workflow,
      JSON.stringify(request),
      Date.now(),
    );
    return id;
  }

  done(id: string): void {
    this.#end(id, 'done', null);
  }

  failed(id: string, error: SoniError): void {
    this.#end(id, error.kind === 'cancelled' ? 'cancelled' : 'failed', error.message);
  }

  /** Notes that a job's outcome rests on these results. */
  refer(id: string, keys: Iterable<string>): void {
    this.database.transaction(() => {
      for (const key of keys) {
        this.database.run('INSERT OR IGNORE INTO job_results (job_id, key) VALUES (?, ?)', id, key);
      }
    });
  }

  /** To be called when the session is opened: what still runs then was cut short. */
  interruptRunning(): void {
    this.database.run(`UPDATE jobs SET state = 'interrupted', ended = ? WHERE state = 'running'`, Date.now());
  }

  list(): SessionJob[] {
    return this.database.all(
      jobRow,
      'SELECT id, workflow, request, state, error, started, ended FROM jobs ORDER BY started, id',
    );
  }

  #end(id: string, state: SessionJob['state'], error: string | null): void {
    this.database.run(
      'UPDATE jobs SET state = ?, error = ?, ended = ? WHERE id = ?',
      state,
      error,
      Date.now(),
      id,
    );
  }
}
