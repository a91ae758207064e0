import type { ProgramEnd } from '../../rpc/program/childProgram.ts';

/** V8's and the C++ library's last words when memory runs out. */
const outOfMemoryWords = /heap out of memory|bad_alloc|Failed to allocate memory|Cannot allocate memory/i;

/** One sentence on why the process is gone, for the user. */
export function describeCrash({ exitCode, signal, stderrTail }: ProgramEnd): string {
  const how =
    signal === null
      ? `it ended with exit code ${exitCode ?? 'unknown'}`
      : `it was ended by the signal ${signal}`;
  if (outOfMemoryWords.test(stderrTail)) {
    return `${how}: it ran out of memory. Close other programs or use a smaller model.`;
  }
  if (signal === 'SIGKILL') {
    return `${how}: the system ends programs like this when memory runs out. Close other programs or use a smaller model.`;
  }
  const lastLine = stderrTail
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /error|exception|fatal/i.test(line));
  return lastLine === undefined ? `${how}.` : `${how}: ${lastLine.slice(0, 300)}`;
}
