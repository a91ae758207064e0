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

/** What stays is said, how far it is is not. */
class NotesAlone implements ProgressDisplay {
  constructor(private readonly lines: PlainLines) {}

  update({ note }: WorkflowProgress): void {
    if (note !== undefined) this.lines.note(note);
  }

  note(text: string): void {
    this.lines.note(text);
  }

  end(): void {}
}

/** A bar on a terminal, plain lines elsewhere; `quiet`: notes alone. */
export function progressDisplay(stream: NodeJS.WriteStream, quiet: boolean): ProgressDisplay {
  const lines = new PlainLines((line) => stream.write(`${line}\n`));
  if (quiet) return new NotesAlone(lines);
  const isTerminal = stream.isTTY && process.env['TERM'] !== 'dumb';
  return isTerminal ? new TerminalBar(stream) : lines;
}
