/**
 * The bridge under load: many plugins that stream to one `sonidesk serve`, and what that costs.
 *
 *   npm run bench -- bridge [--instances 64] [--minutes 1] [--speed 1] [--block 256] [--folder DIR] [--json]
 *   npm run bench -- bridge --busy 16           beside so many processes that do nothing but use the processor
 *   npm run bench -- bridge --kill 20           kill -9 of the server in the middle, so many times: what is lost?
 *   npm run bench -- bridge --fuzz 1000000      mutated frames through the codec instead
 *
 * Each instance sends stereo at 48 kHz as the plugin does: host blocks of --block frames, collected for 20 ms (the
 * pace of its bridge thread), through its own socket. What a socket does not take at once waits as in the plugin, up to
 * the 264 MiB that it has (--holds MIB for another size); more than that counts as dropped. Afterwards every take is read back and compared sample by
 * sample. CPU: user and system time of the server process, threads included, as a share of one core (/proc/PID/stat);
 * memory: its resident set, once a second; it is flat when the last quarter is no larger than the second.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { Session } from '../../main/engine/session/session.ts';
import { LoadPlugin, pattern, pluginHoldsMiB } from '../support/loadPlugin.ts';
import { fuzzCodec } from '../support/fuzzCodec.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values } = parseArgs({
  options: {
    instances: { type: 'string', default: '64' },
    minutes: { type: 'string', default: '1' },
    speed: { type: 'string', default: '1' },
    block: { type: 'string', default: '256' },
    holds: { type: 'string', default: String(pluginHoldsMiB) },
    busy: { type: 'string', default: '0' },
    kill: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    fuzz: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const rate = 48_000;
const paceMs = 20;
const ticksPerSecond = 100;

interface Usage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

async function usageOf(pid: number): Promise<Usage> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    residentBytes: 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0),
  };
}

/** A server in a process of its own, as a user runs it. */
async function startServer(folder: string, endpointFile: string) {
  const child = spawn(
    process.execPath,
    [join(root, 'dist/sonidesk.js'), 'serve', '--session', join(folder, 'session'), '--json'],
    { env: { ...process.env, SONIDESK_BRIDGE: endpointFile }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const counts = { gaps: 0, troubles: 0 };
  const disconnected: Record<string, number> = {};
  const lines = createInterface({ input: child.stdout });
  const serving = once(lines, 'line');
  lines.on('line', (line) => {
    if (line.includes('"type":"gap"')) counts.gaps++;
    if (line.includes('"type":"trouble"')) counts.troubles++;
    if (!line.includes('"type":"disconnected"')) return;
    const { reason } = JSON.parse(line) as { reason: string };
    disconnected[reason] = (disconnected[reason] ?? 0) + 1;
  });
  await serving;
  return {
    pid: child.pid!,
    counts,
    disconnected,
    async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    },
  };
}

async function run(folder: string) {
  const instances = Number(values.instances);
  const speed = Number(values.speed);
  const block = Number(values.block);
  const frames = Math.floor((Number(values.minutes) * 60 * rate) / block) * block;
  const endpointFile = join(folder, 'bridge.json');
  const server = await startServer(folder, endpointFile);
  const plugins = await Promise.all(
    Array.from({ length: instances }, (_, index) =>
      LoadPlugin.connect(endpointFile, index, block, Number(values.holds)),
    ),
  );
  const samples: Usage[] = [];
  const begun = performance.now();
  const first = await usageOf(server.pid);
  const watch = setInterval(() => void usageOf(server.pid).then((usage) => samples.push(usage)), 1000);
  let position = 0;
  let lookedAt = begun;
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      // When this process was late, the simulated transport was too: a DAW does not play a second at once.
      const now = performance.now();
      position += Math.min(now - lookedAt, 5 * paceMs) / 1000;
      lookedAt = now;
      const due = Math.min(frames, Math.floor(position * rate * speed));
      let sent = frames;
      for (const plugin of plugins) sent = Math.min(sent, plugin.playTo(due));
      if (sent < frames) return;
      clearInterval(timer);
      resolve();
    }, paceMs);
  });
  const seconds = (performance.now() - begun) / 1000;
  const cutOff = plugins.filter((plugin) => plugin.cutOff).length;
  await Promise.all(plugins.map((plugin) => plugin.finish()));
  const drainedAfter = (performance.now() - begun) / 1000 - seconds;
  const last = await usageOf(server.pid);
  clearInterval(watch);
  await server.end();

  const session = await Session.open(join(folder, 'session'));
  let wrong = 0;
  let takes = 0;
  for (const plugin of plugins) {
    for (const take of session.tracks.takes(plugin.instance)) {
      takes++;
      if (!(await isPattern(join(session.audioDirectory, take.audio), plugin.index, frames))) wrong++;
    }
  }
  session.close();
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const mean = (part: readonly Usage[]) =>
    part.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / Math.max(1, part.length) / 1e6;
  return {
    instances,
    speed,
    block,
    seconds: round(seconds),
    megabytesPerSecond: round((instances * frames * 8) / seconds / 1e6),
    cpuShareOfOneCore: round((last.cpuSeconds - first.cpuSeconds) / (seconds + drainedAfter), 3),
    residentMB: {
      secondQuarter: round(mean(samples.slice(quarter, 2 * quarter))),
      lastQuarter: round(mean(samples.slice(-quarter))),
      most: round(Math.max(...samples.map(({ residentBytes }) => residentBytes)) / 1e6),
    },
    mostWaitingKB: round(Math.max(...plugins.map(({ mostWaiting }) => mostWaiting)) / 1e3),
    droppedFrames: plugins.reduce((sum, { dropped }) => sum + dropped, 0),
    connectionsLost: cutOff,
    ...server.counts,
    disconnected: server.disconnected,
    takes,
    takesThatDiffer: wrong,
  };
}

/** How much of what a plugin had handed over before is not in the takes of a server that was killed while they grew. */
async function killed(folder: string, round: number): Promise<{ milliseconds: number; differs: number }> {
  const instances = 8;
  await mkdir(folder, { mode: 0o700 });
  const endpointFile = join(folder, 'bridge.json');
  const server = await startServer(folder, endpointFile);
  const plugins = await Promise.all(
    Array.from({ length: instances }, (_, index) => LoadPlugin.connect(endpointFile, index, 256)),
  );
  const begun = performance.now();
  // Anywhere between two writes to the disk.
  const lasts = 2000 + ((round * 613) % 1000);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now() - begun;
      for (const plugin of plugins) plugin.playTo(Math.floor((now * rate) / 1000));
      if (now < lasts) return;
      clearInterval(timer);
      resolve();
    }, paceMs);
  });
  const sent = plugins.map(({ handedOver }) => handedOver);
  await server.end('SIGKILL');
  for (const { plugin } of plugins) plugin[Symbol.dispose]();
  // The next one mends the takes.
  await (await startServer(folder, endpointFile)).end();
  const session = await Session.open(join(folder, 'session'));
  let lost = 0;
  let differs = 0;
  for (const [index, { instance }] of plugins.entries()) {
    const [take] = session.tracks.takes(instance);
    lost = Math.max(lost, sent[index]! - (take?.frames ?? 0));
    if (take && !(await isPattern(join(session.audioDirectory, take.audio), index, take.frames))) differs++;
  }
  session.close();
  return { milliseconds: Math.round((1000 * lost) / rate), differs };
}

async function runKills(folder: string) {
  const lost: number[] = [];
  let takesThatDiffer = 0;
  for (let round = 0; round < Number(values.kill); round++) {
    const { milliseconds, differs } = await killed(join(folder, String(round)), round);
    lost.push(milliseconds);
    takesThatDiffer += differs;
  }
  lost.sort((a, b) => a - b);
  return {
    kills: lost.length,
    mostLostMs: lost.at(-1),
    medianLostMs: lost[Math.floor(lost.length / 2)],
    takesThatDiffer,
  };
}

/** Processes that use the processor and nothing else, at our own priority. */
function startBusy(count: number): () => void {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  return () => children.forEach((child) => child.kill('SIGKILL'));
}

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

async function isPattern(path: string, index: number, frames: number): Promise<boolean> {
  const reader = await openWav(path);
  try {
    if (reader.frames !== frames) return false;
    const expected = pattern(index);
    const period = expected[0]!.length;
    for (let at = 0; at < frames; at += period) {
      const got = await reader.read(at, Math.min(period, frames - at));
      for (let c = 0; c < 2; c++) {
        const want = Buffer.from(expected[c]!.buffer, 0, got[c]!.byteLength);
        if (!want.equals(Buffer.from(got[c]!.buffer))) return false;
      }
    }
    return true;
  } finally {
    await reader.close();
  }
}

if (values.fuzz !== undefined) {
  const result = fuzzCodec(Number(values.fuzz), 1);
  console.log(JSON.stringify(result, null, 2));
} else {
  const folder = await mkdtemp(join(values.folder, 'sonidesk-bench-'));
  const rest = startBusy(Number(values.busy));
  try {
    const result = values.kill === undefined ? await run(folder) : await runKills(folder);
    if (values.json) console.log(JSON.stringify(result, null, 2));
    else for (const [name, value] of Object.entries(result)) console.log(`${name}: ${JSON.stringify(value)}`);
  } finally {
    rest();
    await rm(folder, { recursive: true, force: true });
  }
}
