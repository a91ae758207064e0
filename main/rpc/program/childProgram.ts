import type { Transport } from '../../contracts/rpc.ts';

/** A Node program that serves or uses a contract over the channel to who started it. */
export interface ProgramStart {
  readonly script: string;
  readonly args: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a process ended, and what it last wrote to its error stream. */
export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderrTail: string;
}

export interface ChildProgram {
  /** `undefined` when it could not even be started. */
  readonly pid: number | undefined;
  /** Closing it does not kill the process; programs of ours end by themselves then. */
  readonly transport: Transport;
  /** Resolves when the process is gone. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it now, whatever it is doing. */
  kill(): void;
}

export const stderrTailCharacters = 8 * 1024;
