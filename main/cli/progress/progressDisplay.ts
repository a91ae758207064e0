import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { PlainLines } from './plainLines.ts';
import { TerminalBar } from './terminalBar.ts';

/** Shows how far a job is, always on stderr. */
export interface ProgressDisplay {
  update(progress: WorkflowProgress): void;
  /** A sentence that stays. */
  note(text: string): void;
  /** Leaves the screen tidy for what is printed next. */
  end(): void;
}

export const silentDisplay: ProgressDisplay = { update: () => {}, note: () => {}, end: () => {} };

/** A bar on a terminal, plain lines elsewhere. */
export function progressDisplay(stream: NodeJS.WriteStream, quiet: boolean): ProgressDisplay {
  if (quiet) return silentDisplay;
  const isTerminal = stream.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal ? new TerminalBar(stream) : new PlainLines((line) => stream.write(`${line}\n`));
}
