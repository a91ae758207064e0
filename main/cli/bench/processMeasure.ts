import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';

export interface ProcessMeasure {
  readonly seconds: number;
  /** Largest memory of the process and its children together, each at its own peak; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** User and system time of all of them; null where the system does not tell. */
  readonly cpuSeconds: number | null;
}

/** The kernel keeps the peak of each process; it only has to be read before the process ends. */
const pollMs = 50;
/** Clock ticks a second in /proc: 100 on Linux for all architectures that Node runs on. */
const ticksPerSecond = 100;

/** Keeps the highest peak and the time used of a process and of each of its descendants (Linux). */
class UsageWatch {
  readonly #usage = new Map<number, { bytes: number; cpuSeconds: number }>();

  constructor(private readonly root: number) {}

  async look(pid = this.root): Promise<void> {
    // A process may end between two looks; then what was seen stands.
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const bytes = 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(await read('status'))?.[1] ?? 0);
    const stat = await read('stat');
    // The fields behind the command name, which may hold anything: state, parent, ..., utime, stime.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    if (bytes > 0 && Number.isFinite(cpuSeconds)) this.#usage.set(pid, { bytes, cpuSeconds });
    const children = (await read(`task/${pid}/children`)).split(' ').filter((word) => word !== '');
    for (const child of children) await this.look(Number(child));
  }

  get sum(): Omit<ProcessMeasure, 'seconds'> {
    const all = [...this.#usage.values()];
    return {
      peakBytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      cpuSeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    };
  }
}

/**
 * Runs a Node program to its end and measures it from outside, start-up included.
 * @throws SoniError `internal` with the end of its stderr when it fails, `cancelled`
 */
export async function measureProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ProcessMeasure> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = (): boolean => child.kill();
  signal.addEventListener('abort', stop, { once: true });
  let complaint = '';
  child.stderr.on('data', (piece: Buffer) => (complaint = `${complaint}${piece.toString()}`.slice(-2000)));
  const watch = process.platform === 'linux' && child.pid !== undefined ? new UsageWatch(child.pid) : null;
  const timer = setInterval(() => void watch?.look(), pollMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new SoniError('internal', `${args[0]} ended with exit code ${code}: ${complaint.trim()}`);
    return {
      seconds: (performance.now() - begun) / 1000,
      ...(watch?.sum ?? { peakBytes: null, cpuSeconds: null }),
    };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}
