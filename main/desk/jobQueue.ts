import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { deskJob, type DeskJob, type JobSteps } from '../contracts/desk.ts';
import { SoniError, asSoniError } from '../contracts/errors.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { Listeners } from './listeners.ts';

export interface JobReport {
  readonly label: string;
  readonly fraction: number;
  readonly etaSeconds: number | null;
  readonly speed?: number | null;
  readonly provider?: string | null;
  readonly pack?: string | null;
  readonly note?: string | undefined;
}

export type PerformJob = (
  job: DeskJob,
  signal: AbortSignal,
  report: (update: JobReport) => void,
) => Promise<void>;

const interrupted = 'SoniDesk ended while this was running. It goes on where it was.';
const mostNotes = 20;
/** What is only known of a running job. */
const notRunning = { etaSeconds: null, speed: null, provider: null, pack: null } as const;

/** One job after the other, in an order that the user can change. The list is kept over restarts. */
export class JobQueue {
  readonly changed = new Listeners();
  #jobs: DeskJob[] = [];
  #running:
    { readonly id: string; readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #closed = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly perform: PerformJob,
  ) {}

  async load(): Promise<void> {
    const text = await readFile(this.file, 'utf8').catch(() => '[]');
    const parsed = z.array(deskJob).safeParse(safeJson(text));
    // A list that cannot be read is no loss worth a message: results are elsewhere.
    this.#jobs = (parsed.data ?? []).map((job) =>
      job.state === 'running' || job.state === 'queued'
        ? { ...job, ...notRunning, state: 'paused', label: 'Paused', notes: [...job.notes, interrupted] }
        : job,
    );
  }

  list(): DeskJob[] {
    return this.#jobs;
  }

  add(songId: string, title: string, steps: JobSteps): string {
    const id = randomUUID();
    const facts = { label: 'Waiting', fraction: 0, notes: [], error: null, ...notRunning };
    this.#set([...this.#jobs, { id, songId, title, steps, state: 'queued', ...facts }]);
    this.#next();
    return id;
  }

  cancel(id: string): void {
    this.#stop(id, 'cancelled');
  }

  pause(id: string): void {
    this.#stop(id, 'paused');
  }

  resume(id: string): void {
    const { state } = this.#get(id);
    if (state !== 'paused' && state !== 'failed' && state !== 'cancelled') return;
    this.#change(id, { state: 'queued', label: 'Waiting', error: null });
    this.#next();
  }

  /** To this place among the waiting. */
  move(id: string, place: number): void {
    const moved = this.#get(id);
    const waiting = this.#jobs.filter((job) => job.state === 'queued' && job.id !== id);
    const before = waiting[place];
    const others = this.#jobs.filter((job) => job.id !== id);
    const at = before === undefined ? others.length : others.indexOf(before);
    this.#set(others.toSpliced(at, 0, moved));
  }

  tidy(): void {
    this.#set(this.#jobs.filter(({ state }) => ['queued', 'running', 'paused'].includes(state)));
  }

  /** Ends and forgets the jobs of a song. */
  async forget(songId: string): Promise<void> {
    const mine = this.#jobs.filter((job) => job.songId === songId);
    const running = this.#running;
    for (const { id } of mine) this.#stop(id, 'cancelled');
    if (running !== undefined && mine.some(({ id }) => id === running.id)) await running.ended;
    this.#set(this.#jobs.filter((job) => job.songId !== songId));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.stop.abort();
    await this.#running?.ended;
    await this.#saving;
  }

  #get(id: string): DeskJob {
    const found = this.#jobs.find((job) => job.id === id);
    if (found === undefined) throw new SoniError('not-found', 'This job is not on the list any more.');
    return found;
  }

  #stop(id: string, state: 'cancelled' | 'paused'): void {
    const job = this.#get(id);
    if (job.state !== 'running' && job.state !== 'queued' && job.state !== 'paused') return;
    this.#change(id, { state, label: state === 'paused' ? 'Paused' : 'Cancelled', ...notRunning });
    if (this.#running?.id === id) this.#running.stop.abort();
  }

  #next(): void {
    if (this.#running !== undefined || this.#closed) return;
    const job = this.#jobs.find(({ state }) => state === 'queued');
    if (job === undefined) return;
    const stop = new AbortController();
    this.#change(job.id, { state: 'running', label: 'Starting' });
    this.#running = { id: job.id, stop, ended: this.#runAndGoOn(job, stop.signal) };
  }

  async #runAndGoOn(job: DeskJob, signal: AbortSignal): Promise<void> {
    await this.#run(job, signal);
    this.#running = undefined;
    this.#next();
  }

  async #run(job: DeskJob, signal: AbortSignal): Promise<void> {
    try {
      await this.perform(job, signal, ({ note, ...bar }) => {
        if (signal.aborted) return;
        const { notes } = this.#get(job.id);
        this.#change(job.id, {
          ...bar,
          notes: note === undefined || notes.includes(note) ? notes : [...notes, note].slice(-mostNotes),
        });
      });
      this.#change(job.id, { ...notRunning, state: 'done', label: 'Done', fraction: 1 });
    } catch (thrown) {
      const error = asSoniError(thrown);
      // Who stopped it has said already what became of it; a shutdown leaves it running for the next start.
      if (signal.aborted) return;
      this.#change(job.id, {
        state: error.kind === 'cancelled' ? 'cancelled' : 'failed',
        label: error.kind === 'cancelled' ? 'Cancelled' : 'Failed',
        ...notRunning,
        error: error.toPayload(),
      });
    }
  }

  #change(id: string, change: Partial<DeskJob>): void {
    const old = this.#jobs.find((job) => job.id === id);
    if (old === undefined) return;
    const next = this.#jobs.map((job) => (job === old ? { ...job, ...change } : job));
    // Progress alone is not worth writing to disk.
    if (change.state === undefined) {
      this.#jobs = next;
      this.changed.tell();
    } else this.#set(next);
  }

  #set(jobs: DeskJob[]): void {
    this.#jobs = jobs;
    this.changed.tell();
    this.#saving = this.#saving
      .then(() => writeFileAtomic(this.file, `${JSON.stringify(this.#jobs)}\n`))
      // A full disk must not stop the queue; it will be told by the job that needs the disk.
      .catch(() => undefined);
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
