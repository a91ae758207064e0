/**
 * The picture of the live session for the documentation, in a real Chromium: eight plugins play a made-up song over the
 * real socket, pass a loop once more, lose some frames, and are photographed while they play on.
 *
 *   npm run bench -- livePicture [--out docs/app-live.png] [--size 1280x800]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'docs', 'app-live.png') },
    size: { type: 'string', default: '1280x800' },
  },
});
const [width = 1280, height = 800] = values.size.split('x').map(Number);
const rate = 48_000;
const block = 1024;
const names = ['Kick', 'Snare', 'Bass', 'Guitar L', 'Guitar R', 'Lead Vocal', 'Backing Vocals', 'Keys'];

/** Hits that ring out, slower for each further track, louder and softer over seconds. */
const tone = (track: number, at: number): Float32Array[] =>
  [0.8, 0.6].map((gain) =>
    Float32Array.from({ length: block }, (_, n) => {
      const seconds = (at + n) / rate;
      const since = seconds % (0.5 * (1 + (track % 3)));
      const swell = 0.4 + 0.6 * Math.sin(0.7 * seconds + track) ** 2;
      return (
        gain * swell * Math.exp(-(3 + track) * since) * Math.sin(2 * Math.PI * (60 + 90 * track) * seconds)
      );
    }),
  );

const musicalAt = (frame: number) => {
  const beats = (2 * frame) / rate;
  const [bar, beat] = [Math.floor(beats / 4) + 1, Math.floor(beats % 4) + 1];
  return { bpm: 120, bar, beat, beatFraction: beats % 1, beatsPerBar: 4, beatUnit: 4 };
};

const home = await mkdtemp(join(tmpdir(), 'sonidesk-picture-'));
const endpoint = join(home, 'bridge', 'bridge.json');
const server = spawn(process.execPath, [join(root, 'bin/sonidesk.mjs'), 'open', '--no-browser'], {
  env: { ...process.env, SONIDESK_HOME: home, SONIDESK_BRIDGE: endpoint },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [address] = (await once(createInterface(server.stdout), 'line')) as [string];
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
});
const plugins: SimulatedPlugin[] = [];

/** All tracks from a second to a second; in real time when it is to be looked at. */
async function roll(from: number, to: number, live = false): Promise<void> {
  const begun = performance.now();
  for (let at = from * rate; at < to * rate; at += block) {
    if (live) await sleep(Math.max(0, begun + (1000 * (at - from * rate)) / rate - performance.now()));
    for (const [track, plugin] of plugins.entries()) {
      if (track === 3 && at > 20 * rate && at < 22 * rate) plugin.lose(at, block);
      else plugin.play(at, tone(track, at), { musical: musicalAt(at) });
    }
    await plugins[0]!.drained();
  }
  await Promise.all(plugins.map((plugin) => plugin.answered()));
  for (const plugin of plugins) if (!live) plugin.stop(to * rate);
}

try {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'dark', locale: 'en-GB' });
  await page.goto(address);
  for (const [index, name] of names.entries()) {
    const facts = { name, slot: index + 1, host: 'Ardour', format: 'LV2' };
    plugins.push(await SimulatedPlugin.connect(endpoint, facts));
  }
  // A home that is new begins with the tour.
  await page.getByRole('button', { name: 'Skip the tour' }).click();
  await roll(0, 40);
  await roll(16, 28);
  const snare = page.getByRole('group', { name: 'Snare', exact: true });
  await snare.getByRole('button', { name: '2 takes' }).click();
  await page.getByRole('button', { name: 'Set a marker' }).click();
  const rolling = roll(38, 43, true);
  await page.getByText('capturing 8').waitFor();
  await sleep(4000);
  await page.screenshot({ path: values.out });
  await rolling;
  console.log(values.out);
} finally {
  for (const plugin of plugins) plugin[Symbol.dispose]();
  await browser.close();
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
  await rm(home, { recursive: true, force: true });
}
