import { describe, expect, it } from 'vitest';
import { describeCrash } from './crashReport.ts';

describe('crash reason', () => {
  it.each([
    [
      {
        exitCode: 134,
        signal: null,
        stderrTail: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
      },
      'ran out of memory',
    ],
    [
      { exitCode: null, signal: 'SIGABRT', stderrTail: "terminate called after throwing 'std::bad_alloc'" },
      'ran out of memory',
    ],
    [{ exitCode: null, signal: 'SIGKILL', stderrTail: '' }, 'when memory runs out'],
    [
      { exitCode: null, signal: 'SIGSEGV', stderrTail: 'some warning' },
      'it was ended by the signal SIGSEGV.',
    ],
    [
      { exitCode: 1, signal: null, stderrTail: 'x\nError: Cannot find module a\n    at b\n' },
      'exit code 1: Error: Cannot find module a',
    ],
  ] as const)('of %o', (report, words) => {
    expect(describeCrash(report)).toContain(words);
  });
});
