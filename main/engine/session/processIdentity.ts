import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process that can be told from a later one with the same number, where the system lets us. */
export const processIdentity = z.object({
  pid: z.number().int().positive(),
  /** Start time in clock ticks since boot (proc(5), field 22 of `stat`); `null` where there is no /proc. */
  started: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof processIdentity>;

function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in field 2 may hold spaces and parentheses; fields are counted after its last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie (state Z) does nothing any more.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startTime(pid) });

/** Whether that very process still runs; with no start time known, whether any process has its number. */
export function isRunning({ pid, started }: ProcessIdentity): boolean {
  if (started !== null) return startTime(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it exists and belongs to somebody else.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
