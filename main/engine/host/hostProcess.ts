import { inferenceHost } from '../../contracts/inferenceHost.ts';
import { createClient, type Client } from '../../rpc/client.ts';
import type { ChildProgram, ProgramEnd } from '../../rpc/program/childProgram.ts';
import { environment } from '../../rpc/program/environment.ts';
import { startProgram } from '../../rpc/program/startProgram.ts';
import { allocatorSettings, privacySettings } from './allocatorSettings.ts';
import type { HostProgram } from './program.ts';

/** A host that was asked to end does so at once, except in the middle of a model run. */
const closeGraceMs = 2000;

/** One life of the inference host. */
export class HostProcess {
  readonly client: Client<typeof inferenceHost>;
  /** True once this side has ended it: then its end is no crash. */
  endedByUs = false;
  #alive = true;

  private constructor(private readonly child: ChildProgram) {
    this.client = createClient(inferenceHost, child.transport);
    void this.#watch();
  }

  static async start({ script, args = [], env }: HostProgram): Promise<HostProcess> {
    return new HostProcess(
      await startProgram({
        script,
        args,
        env: { ...allocatorSettings, ...environment(), ...env, ...privacySettings },
      }),
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Resolves when the process is gone. */
  get ended(): Promise<ProgramEnd> {
    return this.child.ended;
  }

  get alive(): boolean {
    return this.#alive && !this.client.closed;
  }

  /** Ends it now, whatever it is doing. */
  kill(): void {
    this.endedByUs = true;
    this.child.kill();
  }

  /** Asks it to end, insists after a moment, resolves when it is gone. */
  async close(): Promise<void> {
    this.endedByUs = true;
    this.client.close();
    const insist = setTimeout(() => this.child.kill(), closeGraceMs);
    await this.ended;
    clearTimeout(insist);
  }

  async #watch(): Promise<void> {
    await this.child.ended;
    this.#alive = false;
  }
}
