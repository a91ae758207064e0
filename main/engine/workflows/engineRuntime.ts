import { join, resolve } from 'node:path';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { SessionJob } from '../../contracts/session.ts';
import { requireProvider } from '../../contracts/providers.ts';
import type { Watch, WorkflowProgress } from '../../contracts/workflows.ts';
import type { Directories } from '../../platform/directories.ts';
import { requestedProvider, type HostProgram } from '../host/program.ts';
import { SupervisedHost } from '../host/supervisedHost.ts';
import { lanes, type Lane } from '../jobs/lane.ts';
import { ResultStore, type StoredResult } from '../jobs/resultStore.ts';
import { runGraph, type Execute } from '../jobs/runGraph.ts';
import { Scheduler } from '../jobs/scheduler.ts';
import { Speeds, type PackSpeed } from '../jobs/speeds.ts';
import { cacheSessionDirectory, openCacheSession, pruneCacheSessions } from '../session/cacheSessions.ts';
import { Session } from '../session/session.ts';
import { inPhase, type WorkflowContext } from './context.ts';
import { requireFile } from './requireFile.ts';

/** Room for the intermediate audio and stems of about ten songs in 32-bit float. */
const defaultCacheLimitBytes = 20e9;

interface OpenSession {
  readonly session: Session;
  readonly store: ResultStore;
  users: number;
}

/** The parts that all workflows of an engine share: hosts, scheduler, sessions, measured speeds. */
export class EngineRuntime {
  readonly #hosts: Record<Lane, SupervisedHost>;
  readonly #hostPids = new Map<Lane, number>();
  readonly #scheduler = new Scheduler<StoredResult>();
  readonly #speeds: Speeds;
  readonly #cacheRoot: string;
  /** By folder; promises, so that two workflows on the same files share one. */
  readonly #open = new Map<string, Promise<OpenSession>>();
  readonly #closing = new AbortController();
  readonly #performing = new Set<Promise<unknown>>();
  #named: OpenSession | undefined;

  constructor(
    private readonly program: HostProgram,
    folders: Directories,
    private readonly cacheLimitBytes = defaultCacheLimitBytes,
  ) {
    const host = (lane: Lane) =>
      new SupervisedHost(program, { onStart: (pid) => this.#hostStarted(lane, pid) });
    this.#hosts = { model: host('model'), signal: host('signal') };
    this.#speeds = new Speeds(join(folders.config, 'speeds.json'));
    this.#cacheRoot = join(folders.cache, 'sessions');
  }

  host(lane: Lane): SupervisedHost {
    return this.#hosts[lane];
  }

  /** From now on everything happens in this session. */
  async openSession(directory: string): Promise<void> {
    const opened = this.#adopt(await Session.open(resolve(directory)));
    opened.users++;
    this.#named = opened;
    this.#open.set(opened.session.directory, Promise.resolve(opened));
  }

  packSpeeds(): PackSpeed[] {
    return this.#speeds.ofPacks();
  }

  jobs(): SessionJob[] {
    return this.#named?.session.jobs.list() ?? [];
  }

  /** Runs a workflow in its session, with its job noted there. */
  async perform<Result>(
    name: string,
    request: unknown,
    files: readonly string[],
    watch: Watch,
    work: (context: WorkflowContext) => Promise<Result>,
  ): Promise<Result> {
    const performing = this.#perform(name, request, files, watch, work);
    this.#performing.add(performing);
    try {
      return await performing;
    } finally {
      this.#performing.delete(performing);
    }
  }

  /** Cancels everything, waits for it, ends the hosts, lets go of the sessions. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#performing);
    await Promise.all(lanes.map((lane) => this.#hosts[lane].close()));
    const open = await Promise.all(this.#open.values());
    this.#open.clear();
    this.#named = undefined;
    for (const { session } of open) session.close();
  }

  async #perform<Result>(
    name: string,
    request: unknown,
    files: readonly string[],
    watch: Watch,
    work: (context: WorkflowContext) => Promise<Result>,
  ): Promise<Result> {
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    const signals = [watch.signal, this.#closing.signal];
    for (const signal of signals) {
      if (signal?.aborted === true) throw new SoniError('cancelled', 'Cancelled.');
      signal?.addEventListener('abort', onAbort, { once: true });
    }
    let last: WorkflowProgress = { label: '', fraction: 0, etaSeconds: null };
    const report = (progress: WorkflowProgress) => {
      const { note: _told, ...bar } = progress;
      last = bar;
      watch.onProgress?.(progress);
    };
    const note = (text: string) => report({ ...last, note: text });
    try {
      await Promise.all(files.map((file) => requireFile(resolve(file))));
      const provider = requestedProvider(this.program);
      if (provider !== null) requireProvider(provider, (await this.#hosts.signal.info()).providers);
      const opened = await this.#acquire(files, stop.signal, note);
      try {
        return await this.#performIn(opened, name, request, stop.signal, report, note, work);
      } finally {
        await this.#release(opened);
      }
    } finally {
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
    }
  }

  async #performIn<Result>(
    { session, store }: OpenSession,
    name: string,
    request: unknown,
    signal: AbortSignal,
    report: (progress: WorkflowProgress) => void,
    note: (text: string) => void,
    work: (context: WorkflowContext) => Promise<Result>,
  ): Promise<Result> {
    const id = session.jobs.start(name, request);
    try {
      const result = await work({
        session,
        signal,
        note,
        describePack: (pack, task) => this.#hosts.signal.describePack(pack, task),
        run: async (targets, phase = {}) => {
          const results = await runGraph(
            targets,
            {
              name: session.directory,
              store,
              hashes: session.fileHashes,
              scheduler: this.#scheduler,
              execute: this.#execute,
              speeds: this.#speeds,
              provider: requestedProvider(this.program),
            },
            { signal, onProgress: (progress) => report(inPhase(progress, phase)), onResult: phase.onResult },
          );
          session.jobs.refer(id, results.keys);
          return results;
        },
      });
      session.jobs.done(id);
      await this.#speeds.save();
      report({ label: 'Done', fraction: 1, etaSeconds: 0 });
      return result;
    } catch (thrown) {
      const error = asSoniError(thrown);
      this.#noteFailure(session, id, error);
      throw error;
    }
  }

  /** What went wrong is what the caller must hear, also when the session cannot even note it (disk full). */
  #noteFailure(session: Session, id: string, error: SoniError): void {
    try {
      session.jobs.failed(id, error);
    } catch (thrown) {
      error.cause ??= thrown;
    }
  }

  readonly #execute: Execute = (lane, operation, input, options) =>
    this.#hosts[lane].run(
      operation as 'tag',
      input as Parameters<SupervisedHost['run']>[1] & { audio: string },
      options,
    );

  async #acquire(
    files: readonly string[],
    signal: AbortSignal,
    note: (text: string) => void,
  ): Promise<OpenSession> {
    if (this.#named !== undefined) {
      this.#named.users++;
      return this.#named;
    }
    const directory = await cacheSessionDirectory(this.#cacheRoot, files);
    let opening = this.#open.get(directory);
    if (opening === undefined) {
      opening = openCacheSession(directory, signal, note).then((session) => this.#adopt(session));
      this.#open.set(directory, opening);
      opening.catch(() => this.#open.delete(directory));
    }
    const opened = await opening;
    opened.users++;
    return opened;
  }

  async #release(opened: OpenSession): Promise<void> {
    opened.users--;
    const { directory } = opened.session;
    if (opened === this.#named || opened.users > 0) return;
    this.#open.delete(directory);
    opened.session.close();
    await pruneCacheSessions(this.#cacheRoot, this.cacheLimitBytes, directory);
  }

  #adopt(session: Session): OpenSession {
    for (const pid of this.#hostPids.values()) session.owner.addHost(pid);
    return { session, store: new ResultStore(session.resultsDirectory, session.results), users: 0 };
  }

  /** Sessions remember who writes in them, so that a later owner can wait for hosts that were left behind. */
  #hostStarted(lane: Lane, pid: number): void {
    this.#hostPids.set(lane, pid);
    for (const opening of this.#open.values()) {
      // A session that cannot be opened needs no record.
      opening.then(({ session }) => session.owner.addHost(pid)).catch(() => undefined);
    }
  }
}
