import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';

export interface ProcessMeasure {
  readonly seconds: number;
  /** Largest memory of the process and its children together, each at its own peak; null where the system does not tell. */
  readonly peakBytes: number | null;
}

/** The kernel keeps the peak of each process; it only has to be read before the process ends. */
const pollMs = 250;

/** Keeps the highest peak seen of a process and of each of its descendants (Linux). */
class PeakWatch {
  readonly #peaks = new Map<number, number>();

  constructor(private readonly root: number) {}

  async look(pid = this.root): Promise<void> {
    // A process may end between two looks; then what was seen stands.
    const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
    const peak = 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(await read('status'))?.[1] ?? 0);
    this.#peaks.set(pid, Math.max(this.#peaks.get(pid) ?? 0, peak));
    const children = (await read(`task/${pid}/children`)).split(' ').filter((word) => word !== '');
    for (const child of children) await this.look(Number(child));
  }

  get sum(): number {
    return [...this.#peaks.values()].reduce((sum, peak) => sum + peak, 0);
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
  const watch = process.platform === 'linux' && child.pid !== undefined ? new PeakWatch(child.pid) : null;
  const timer = setInterval(() => void watch?.look(), pollMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0)
      throw new SoniError('internal', `${args[0]} ended with exit code ${code}: ${complaint.trim()}`);
    return { seconds: (performance.now() - begun) / 1000, peakBytes: watch?.sum ?? null };
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}
