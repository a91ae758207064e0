import { createInterface } from 'node:readline/promises';
import { oneLine } from './oneLine.ts';
import { progressDisplay, type ProgressDisplay } from './progress/progressDisplay.ts';

/** What every command gets from the outside. */
export interface CommandContext {
  readonly signal: AbortSignal;
  /** The result, for people or as JSON: the only thing that ever goes to stdout. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** To stderr, one line. */
  say(text: string): void;
  /** To stderr as it is: licence texts. */
  show(text: string): void;
  progress(quiet: boolean): ProgressDisplay;
  /** Null where nobody can answer. */
  confirm(question: string): Promise<boolean | null>;
}

export const commandContext = (signal: AbortSignal): CommandContext => ({
  signal,
  print: (text) => process.stdout.write(`${text}\n`),
  printJson: (value) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
  say: (text) => process.stderr.write(`${oneLine(text)}\n`),
  show: (text) => process.stderr.write(`${text}\n`),
  progress: (quiet) => progressDisplay(process.stderr, quiet),
  confirm: async (question) => {
    if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // The line editor takes Ctrl-C for itself; hand it on.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      const answer = await lines.question(`${question} [y/N] `, { signal });
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      lines.close();
    }
  },
});
