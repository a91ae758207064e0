/**
 * The live session's timeline under load, in a real Chromium: 64 tracks of an hour, zoomed and scrolled.
 *
 *   npm run bench -- timeline [--tracks 64] [--minutes 60] [--seconds 8] [--width 1280] [--height 800] [--json]
 *
 * The session is written as a capture would have left it, with its peaks files (of a repeated second, the audio
 * itself is not needed for drawing). Then wheel events as of a hand (one every frame) zoom in and out, scroll in time and
 * through the tracks. Frames are counted by requestAnimationFrame; the longest one is told, too. Memory: the page's
 * JavaScript heap and all of Chromium's processes (resident), idle with the empty session and after the run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { hourSession } from './support/hourSession.ts';
import { resident } from './support/resident.ts';
import { framesOfEmptyPage, turnWheel } from '../e2e/support/frames.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values } = parseArgs({
  options: {
    tracks: { type: 'string', default: '64' },
    minutes: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '8' },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '800' },
    json: { type: 'boolean', default: false },
  },
});
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const home = await mkdtemp(join(tmpdir(), 'sonidesk-timeline-'));
await hourSession(join(home, 'sessions', 'default'), Number(values.tracks), Number(values.minutes));
const server = spawn(process.execPath, [join(root, 'bin/sonidesk.mjs'), 'open', '--no-browser'], {
  env: { ...process.env, SONIDESK_HOME: home, SONIDESK_BRIDGE: join(home, 'bridge', 'bridge.json') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [address] = (await once(createInterface(server.stdout), 'line')) as [string];
const browserServer = await chromium.launchServer({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--enable-precise-memory-info'],
});
const browser = await chromium.connect(browserServer.wsEndpoint());
try {
  const viewport = { width: Number(values.width), height: Number(values.height) };
  const page = await browser.newPage({ viewport, colorScheme: 'dark', locale: 'en-GB' });
  const pid = browserServer.process().pid!;
  const emptyFrame = await framesOfEmptyPage(page);
  const before = await resident(pid);
  await page.goto(address);
  await page.getByRole('group', { name: 'Track 1', exact: true }).waitFor();
  const skip = page.getByRole('button', { name: /skip/i });
  if ((await skip.count()) > 0) await skip.first().click();
  await page.waitForLoadState('networkidle');
  const shown = await resident(pid);
  const length = 1000 * Number(values.seconds);
  const results = {
    zoom: await turnWheel(page, 'zoom', length),
    time: await turnWheel(page, 'time', length),
    tracks: await turnWheel(page, 'tracks', length),
  };
  const after = await resident(pid);
  const heap = await page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );
  if (values.json) console.log(JSON.stringify({ emptyFrame, results, before, shown, after, heap }));
  else {
    const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    console.log(`${values.tracks} tracks of ${values.minutes} minutes, ${viewport.width}x${viewport.height}`);
    console.log(`an empty page here: ${emptyFrame.toFixed(1)} frames per second`);
    for (const [name, { framesPerSecond, median, longest }] of Object.entries(results)) {
      console.log(
        `${name.padEnd(7)}${framesPerSecond.toFixed(1).padStart(6)} frames per second, median ${median.toFixed(1)} ms, longest ${longest.toFixed(1)} ms`,
      );
    }
    console.log(
      `Chromium, resident: ${mb(before)} empty, ${mb(shown)} with the session, ${mb(after)} after; heap ${mb(heap)}`,
    );
  }
} finally {
  await browser.close();
  await browserServer.close();
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
  await rm(home, { recursive: true, force: true });
}
