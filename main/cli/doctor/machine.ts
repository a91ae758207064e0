import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { version } from '../installation.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** The lowest Node that the built programs run on (package.json, engines). */
const oldestNode = [20, 19] as const;

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const recent = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  return recent
    ? ok('Node', process.versions.node)
    : fail('Node', process.versions.node, `Install Node ${oldestNode.join('.')} or newer.`);
}

/** Where onnxruntime-node has binaries for. */
const supported = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

function system(): Finding {
  const platform = `${process.platform}-${process.arch}`;
  const found = `${platform}, ${release()}`;
  return supported.includes(platform)
    ? ok('system', found)
    : fail('system', found, `Models run on ${supported.join(', ')}.`);
}

/** HTDemucs takes about 0.7 GiB; the rest is the engine, decoding and the system's file cache. */
const enoughMemory = 2 * 2 ** 30;

function memory(): Finding {
  const found = `${gigabytes(totalmem())}, ${gigabytes(freemem())} free`;
  return totalmem() < enoughMemory
    ? warn('memory', found, 'Separation needs about 1.5 GiB; close other programs before it.')
    : ok('memory', found);
}

export const machineFindings = (): Finding[] => [
  ok('SoniDesk', version),
  node(),
  system(),
  ok('processor', `${availableParallelism()} threads`),
  memory(),
];
