import { CommanderError } from 'commander';
import { asSoniError, exitCode, type SoniError } from '../contracts/errors.ts';
import { oneLine } from './oneLine.ts';

/** Whether the stack is wanted besides the sentence. */
const debugging = (): boolean => process.env['SONIDESK_DEBUG'] === '1';

function stackOf(error: SoniError): string {
  const cause = error.cause instanceof Error ? error.cause.stack : undefined;
  const remote = typeof error.detail?.['stack'] === 'string' ? error.detail['stack'] : undefined;
  return [error.stack, cause && `caused by ${cause}`, remote && `there: ${remote}`]
    .filter(Boolean)
    .join('\n');
}

/** Prints what went wrong as one line and gives the exit code: 0, 1, 2 or 130. */
export function reportFailure(thrown: unknown, write: (text: string) => void): number {
  // Commander has printed its message by now; asking for help is no failure.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
  const error = asSoniError(thrown);
  const hint =
    error.kind === 'internal' && !debugging() ? ' (a fault of SoniDesk; SONIDESK_DEBUG=1 shows where)' : '';
  write(`sonidesk: ${oneLine(error.message)}${hint}\n`);
  if (debugging()) write(`${stackOf(error)}\n`);
  return exitCode(error.kind);
}
