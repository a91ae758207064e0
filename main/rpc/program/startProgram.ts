import type { ChildProgram, ProgramStart } from './childProgram.ts';
import { forkProgram } from './forkProgram.ts';
import { utilityParent } from './utilityParent.ts';
import { startUtilityProgram } from './utilityProgram.ts';

/**
 * Starts a program as a process of its own: forked by Node; inside the desktop app, whose engine is a utility process,
 * as another utility process, which the shell starts for it. It is the same program in both.
 */
export function startProgram(start: ProgramStart): Promise<ChildProgram> {
  const parent = utilityParent();
  return parent === null ? Promise.resolve(forkProgram(start)) : startUtilityProgram(parent, start);
}
