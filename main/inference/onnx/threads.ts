import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined; // another system, or an older kernel
  }
};

/**
 * Threads for one model run: one per physical core that this process may use. `SONIDESK_THREADS` overrides.
 * A second thread on a core gains nothing for matrix products; a container's CPU quota counts as fewer cores.
 */
export function modelThreads(env = process.env): number {
  const stated = Number(env['SONIDESK_THREADS']);
  if (Number.isInteger(stated) && stated > 0) return stated;
  const logical = availableParallelism();
  const cores = read('/sys/devices/system/cpu/smt/active') === '1' ? Math.ceil(logical / 2) : logical;
  const [quota, period] = (read('/sys/fs/cgroup/cpu.max') ?? '').split(' ').map(Number);
  const share = quota && period ? Math.ceil(quota / period) : Infinity;
  return Math.max(1, Math.min(cores, share));
}
