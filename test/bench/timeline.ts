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
import { chromium, type Page } from 'playwright-core';
import { hourSession } from './support/hourSession.ts';
import { resident } from './support/resident.ts';

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
/** Frames while one kind of wheel turns, one event for each frame. */
function turn(page: Page, kind: 'zoom' | 'time' | 'tracks', milliseconds: number) {
  return page.evaluate(
    async ([what, length]) => {
      const area = document.querySelector<HTMLElement>('.studio-scroll')!;
      const box = area.getBoundingClientRect();
      const gaps: number[] = [];
      const begun = performance.now();
      let last = begun;
      let frame = 0;
      while (last - begun < length) {
        const phase = Math.floor(frame / 60) % 2 === 0 ? -1 : 1;
        const at = { clientX: box.left + 272 + (box.width - 272) / 2, clientY: box.top + 100 };
        const options = { bubbles: true, cancelable: true, ...at };
        if (what === 'zoom') {
          area.dispatchEvent(new WheelEvent('wheel', { ...options, deltaY: phase * 60, ctrlKey: true }));
        } else if (what === 'time') {
          area.dispatchEvent(new WheelEvent('wheel', { ...options, deltaX: -phase * 40 }));
        } else area.scrollTop += -phase * 40;
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        gaps.push(now - last);
        last = now;
        frame++;
      }
      const sorted = gaps.slice(1).sort((a, b) => a - b);
      return {
        framesPerSecond: (1000 * sorted.length) / sorted.reduce((sum, gap) => sum + gap, 0),
        median: sorted[Math.floor(sorted.length / 2)]!,
        longest: sorted.at(-1)!,
      };
    },
    [kind, milliseconds] as const,
  );
}

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
  const emptyFrame = await turnOf(page);
  const before = await resident(pid);
  await page.goto(address);
  await page.getByRole('group', { name: 'Track 1', exact: true }).waitFor();
  const skip = page.getByRole('button', { name: /skip/i });
  if ((await skip.count()) > 0) await skip.first().click();
  await page.waitForLoadState('networkidle');
  const shown = await resident(pid);
  const length = 1000 * Number(values.seconds);
  const results = {
    zoom: await turn(page, 'zoom', length),
    time: await turn(page, 'time', length),
    tracks: await turn(page, 'tracks', length),
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

/** What this machine shows at most: an empty page that asks for frames. */
async function turnOf(page: Page): Promise<number> {
  await page.goto('about:blank');
  return await page.evaluate(async () => {
    const begun = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    let now = begun;
    let frames = 0;
    for (; now - begun < 2000; frames++)
      now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    return (1000 * frames) / (now - begun);
  });
}
