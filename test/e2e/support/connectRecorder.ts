import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ConnectRecorder {
  /** For the processes that are watched, and all that they start. */
  readonly env: Readonly<Record<string, string>>;
  /** Every attempt so far to reach anything but this machine. */
  attempts(): string[];
}

/**
 * A machine without a network that tells who wanted to use it: a library loaded into every process notes and refuses
 * connections, packets and name look-ups that leave the machine (connects.c). It needs no rights, unlike a network namespace.
 * @throws Error when the library cannot be built
 */
export function connectRecorder(folder: string): ConnectRecorder {
  const library = join(folder, 'connects.so');
  const record = join(folder, 'connects.txt');
  const source = join(process.cwd(), 'test', 'e2e', 'support', 'connects.c');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
    encoding: 'utf8',
  });
  if (built.status !== 0) throw new Error(`connects.c could not be built: ${built.stderr}`);
  return {
    env: { LD_PRELOAD: library, SONIDESK_TEST_CONNECTS: record },
    attempts: () => (existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : []),
  };
}
