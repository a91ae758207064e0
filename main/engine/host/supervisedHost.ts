import { setTimeout as sleep } from 'node:timers/promises';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { inferenceHost } from '../../contracts/inferenceHost.ts';
import {
  operations,
  type OperationInput,
  type OperationName,
  type OperationOutput,
  type OperationProgress,
} from '../../contracts/operations.ts';
import type { PackManifest, PackTask } from '../../contracts/pack.ts';
import type { Client } from '../../rpc/client.ts';
import type { CallOutput } from '../../rpc/types.ts';
import { backOffMs } from './backOff.ts';
import { describeCrash } from './crashReport.ts';
import { HostProcess } from './hostProcess.ts';
import type { HostProgram } from './program.ts';

type HostClient = Client<typeof inferenceHost>;
export type HostInfo = CallOutput<typeof inferenceHost, 'info'>;
export type SelfTestReport = CallOutput<typeof inferenceHost, 'selfTest'>;

/**
 * A cancelled operation gets this long to end by itself before its process is ended, so that who asked sees the
 * end within a second.
 */
const cancelGraceMs = 500;

export interface HostRunOptions {
  readonly directory: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: OperationProgress) => void) | undefined;
}

export interface SupervisedHostOptions {
  /** Told of every process that is started, before it gets work. */
  readonly onStart?: ((pid: number) => void) | undefined;
}

/**
 * The inference host as a service that is there whenever it is called: started on first use, started again
 * after a crash (ever later when it keeps dying), and a job under which it died is tried once more. Jobs that
 * shared the process with a cancelled one that had to be ended by force are simply run again.
 */
export class SupervisedHost {
  #process: HostProcess | undefined;
  #starting: Promise<HostProcess> | undefined;
  #failures = 0;
  readonly #closing = new AbortController();

  constructor(
    private readonly program: HostProgram,
    private readonly options: SupervisedHostOptions = {},
  ) {}

  /** Process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.alive === true ? this.#process.pid : undefined;
  }

  /**
   * Runs one operation in `directory`; the same folder is handed over again on a retry, so that the operation
   * goes on from its last checkpoint.
   * @throws SoniError of the operation's own kind, `cancelled`, or `crashed` when the host died twice under it
   */
  async run<Name extends OperationName>(
    operation: Name,
    input: OperationInput<Name>,
    { directory, signal, onProgress }: HostRunOptions,
  ): Promise<OperationOutput<Name>> {
    const output = await this.#call(
      operation,
      async (client, process) => {
        const grace = new CancelGrace(signal, process);
        try {
          return await client.call(
            'run',
            { operation, input, directory },
            {
              signal,
              onEvent: (event) => {
                grace.chunkDone();
                // It works: whatever kills it now is not what killed it at the start.
                this.#failures = 0;
                onProgress?.({
                  done: event.done,
                  total: event.total,
                  ...(event.note !== undefined && { note: event.note }),
                });
              },
            },
          );
        } finally {
          grace.end();
        }
      },
      signal,
      (note) => onProgress?.({ done: 0, total: 0, note }),
    );
    const parsed = operations[operation].output.safeParse(output);
    if (!parsed.success) {
      throw new SoniError('internal', `"${operation}" gave a result of an unknown form.`, {
        issues: parsed.error.issues,
      });
    }
    return parsed.data as OperationOutput<Name>;
  }

  info(): Promise<HostInfo> {
    return this.#call('info', (client) => client.call('info', {}));
  }

  /** @throws SoniError `bad-usage` (it is not for `task`) | `not-found` | `licence-required` | `newer-format` | `corrupt` */
  describePack(pack: string, task?: PackTask): Promise<PackManifest> {
    return this.#call('describePack', (client) => client.call('describePack', { pack, task }));
  }

  selfTest(pack: string, force: boolean, signal?: AbortSignal): Promise<SelfTestReport> {
    return this.#call('selfTest', (client) => client.call('selfTest', { pack, force }, { signal }), signal);
  }

  /** Ends the process; calls under way fail as `cancelled`, later ones too. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#starting?.catch(() => undefined);
    await this.#process?.close();
  }

  async #call<Output>(
    what: string,
    call: (client: HostClient, process: HostProcess) => Promise<Output>,
    signal?: AbortSignal,
    tell?: (note: string) => void,
  ): Promise<Output> {
    for (let crashes = 0; ;) {
      const process = await this.#ready(signal);
      try {
        const output = await call(process.client, process);
        this.#failures = 0;
        return output;
      } catch (thrown) {
        const error = asSoniError(thrown);
        // Errors of an operation pass; `crashed` with a live connection is one of them.
        if (error.kind !== 'crashed' || process.alive) {
          this.#failures = 0;
          throw error;
        }
      }
      const expected = process.endedByUs;
      if (!expected) process.kill();
      const report = await process.ended;
      if (signal?.aborted === true || this.#closing.signal.aborted) {
        throw new SoniError('cancelled', 'Cancelled.');
      }
      if (expected) continue;
      this.#countFailure(process);
      crashes++;
      if (crashes > 1) {
        throw new SoniError(
          'crashed',
          `The inference process died twice while doing "${what}"; ${describeCrash(report)}`,
          { ...report },
        );
      }
      tell?.(`The inference process died; ${describeCrash(report)} Trying once more.`);
    }
  }

  /** One death counts once, however many calls were under way. */
  #countFailure(process: HostProcess): void {
    if (this.#process !== process) return;
    this.#process = undefined;
    this.#failures++;
  }

  async #ready(signal?: AbortSignal): Promise<HostProcess> {
    if (signal?.aborted === true || this.#closing.signal.aborted) {
      throw new SoniError('cancelled', 'Cancelled.');
    }
    if (this.#process?.alive === true) return this.#process;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #start(): Promise<HostProcess> {
    const previous = this.#process;
    if (previous !== undefined) {
      if (!previous.endedByUs) this.#countFailure(previous);
      await previous.ended;
    }
    const delay = backOffMs(this.#failures);
    if (delay > 0) {
      await sleep(delay, undefined, { signal: this.#closing.signal }).catch((thrown: unknown) => {
        throw asSoniError(thrown);
      });
    }
    const process = await HostProcess.start(this.program);
    this.#process = process;
    if (process.pid !== undefined) this.options.onStart?.(process.pid);
    return process;
  }
}

/**
 * After a cancel: waits a moment, then ends the process (what was finished is in a checkpoint). At once when
 * the chunk under way, such as a window of a large model, will not be over by then and nobody else is served.
 */
class CancelGrace {
  #longestMs = 0;
  /** `null` before the first: what the process and the model take to start is no chunk. */
  #lastEvent: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #onAbort = () => {
    const left = this.#longestMs - (performance.now() - (this.#lastEvent ?? 0));
    const alone = this.process.client.pending <= 1;
    this.#timer = setTimeout(() => this.process.kill(), alone && left > cancelGraceMs ? 0 : cancelGraceMs);
  };

  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly process: HostProcess,
  ) {
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  chunkDone(): void {
    const now = performance.now();
    if (this.#lastEvent !== null) this.#longestMs = Math.max(this.#longestMs, now - this.#lastEvent);
    this.#lastEvent = now;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.signal?.removeEventListener('abort', this.#onAbort);
  }
}
