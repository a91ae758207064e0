import { spawnSync } from 'node:child_process';

/** Process ids of the children of `parent` whose command line holds `text`. */
export function childrenOf(parent: number, text: string): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && Number(match[2]) === parent && match[3]!.includes(text))
    .map((match) => Number(match![1]));
}
