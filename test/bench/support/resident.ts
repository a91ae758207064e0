import { readFile, readdir } from 'node:fs/promises';

/** Resident bytes of a process and all below it. */
export async function resident(pid: number): Promise<number> {
  let sum = 0;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
    if (Number(entry) !== pid && parent !== pid) continue;
    sum +=
      Number(entry) === pid
        ? 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0)
        : await resident(Number(entry));
  }
  return sum;
}
