import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly seconds: number;
  /** User and system time of all processes of the command; `null` where /proc is missing. */
  readonly cpuSeconds: number | null;
  /** Sum over the command's processes of the largest resident set of each; `null` where /proc is missing. */
  readonly peakBytes: number | null;
}

/** Clock ticks a second in /proc: fixed at 100 on Linux for all architectures that Node runs on. */
const ticksPerSecond = 100;

/** Runs `node ...command` to its end. @throws Error with its last words when it fails */
export async function measureCommand(
  command: readonly string[],
  env: Record<string, string>,
): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (words = `${words}${data.toString()}`.slice(-2000)));
  }
  const peaks = new Map<number, { bytes: number; cpuSeconds: number }>();
  const poll = setInterval(() => {
    for (const pid of familyOf(child.pid!)) {
      const now = usageOf(pid);
      if (now !== null) peaks.set(pid, now);
    }
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => clearInterval(poll));
  if (code !== 0) throw new Error(`node ${command.join(' ')} ended with ${code}:\n${words}`);
  const all = [...peaks.values()];
  const sum = (pick: (usage: (typeof all)[number]) => number) =>
    all.length === 0 ? null : all.reduce((total, usage) => total + pick(usage), 0);
  return {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    peakBytes: sum(({ bytes }) => bytes),
  };
}

/** A process and all that descend from it. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  try {
    for (const name of readdirSync('/proc')) {
      const stat = /^\d+$/.test(name) ? readStat(Number(name)) : null;
      if (stat !== null) parents.set(Number(name), Number(stat[1]));
    }
  } catch {
    return []; // not Linux
  }
  const family = [pid];
  for (let i = 0; i < family.length; i++) {
    for (const [child, parent] of parents) if (parent === family[i]) family.push(child);
  }
  return family;
}

/** The fields of /proc/PID/stat behind the command name: state, parent, ... */
function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null; // gone meanwhile
  }
}

function usageOf(pid: number): { bytes: number; cpuSeconds: number } | null {
  const stat = readStat(pid);
  if (stat === null) return null;
  try {
    const peak = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    if (peak === null) return null;
    return {
      bytes: Number(peak[1]) * 1024,
      cpuSeconds: (Number(stat[11]) + Number(stat[12])) / ticksPerSecond,
    };
  } catch {
    return null;
  }
}
