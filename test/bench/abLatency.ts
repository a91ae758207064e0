/**
 * How fast the A/B of a mix answers in the window's own player, and how equally loud its two sides are, in a real
 * Chromium.
 *
 *   npm run bench -- abLatency [--changes 20] [--seconds 12] [--json] [TRACK.wav ...]
 *
 * The tracks of a session (made up when none are given) get a mix suggestion; then it plays, and A is pressed again and
 * again. A press is dated by the browser. Everything that goes to the loudspeakers goes to a worklet as well, which notes when
 * the audio thread made each block of 128 frames. Before is the sum of the tracks, known to the sample: so it is seen in which
 * block it ends ("away") or has come back entirely ("back", the fade of 12 ms included). From there on the sound is in
 * the hands of the output device, whose own latency the browser tells; without a sound card it is that of a
 * simulated device. Loudness (BS.1770) is of the same seconds of both sides, as they were played, at some strengths and with one
 * track left out.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { LoudnessMeter } from '../../main/audio/loudness/loudnessMeter.ts';
import { createWav } from '../../main/audio/wav/wavWriter.ts';
import { changesOver, type Heard } from './support/changeOver.ts';
import { leftSum } from './support/leftSum.ts';
import { listenToPage, takeHeard } from './support/listener.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values, positionals } = parseArgs({
  options: {
    changes: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
const rate = 44_100;

/** Kick, bass, chords and a voice-like lead, out of balance on purpose; long enough for all that is played. */
const madeUp: Record<string, (time: number) => number> = {
  Kick: (time) => {
    const since = time % 0.5;
    return (
      0.7 * Math.exp(-14 * since) * Math.sin(2 * Math.PI * (48 * since + 6 * (1 - Math.exp(-30 * since))))
    );
  },
  Bass: (time) => 0.35 * Math.sign(Math.sin(2 * Math.PI * 55 * time)) * Math.exp(-3 * (time % 0.25)),
  Chords: (time) =>
    [220, 277.18, 329.63].reduce((sum, hz) => sum + 0.09 * Math.sin(2 * Math.PI * hz * time), 0) *
    (0.6 + 0.4 * Math.sin(2 * Math.PI * 0.31 * time)),
  'Lead Vocal': (time) =>
    0.05 *
    Math.max(0, Math.sin(2 * Math.PI * 0.23 * time)) *
    [1, 2, 3, 4, 5].reduce(
      (sum, part) => sum + Math.sin(2 * Math.PI * 311 * part * time + 5 * Math.sin(5 * time)) / part,
      0,
    ),
};

async function makeTracks(folder: string, length: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return await Promise.all(
    Object.entries(madeUp).map(async ([name, sound]) => {
      const path = join(folder, `${name}.wav`);
      const writer = await createWav(path, { sampleRate: rate, channels: 2, encoding: 'float32' });
      const plane = Float32Array.from({ length: length * rate }, (_, n) => sound(n / rate));
      await writer.write([plane, plane]);
      await writer.close();
      return path;
    }),
  );
}

/** The session with its suggestion, in the Mix view. */
async function prepare(page: Page, tracks: readonly string[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /Open as one session/ }).click();
  await (await chooser).setFiles([...tracks]);
  const analyse = page.locator('.song-header').getByRole('button', { name: 'Analyse…' });
  await analyse.waitFor();
  await analyse.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await page.getByRole('slider', { name: 'Strength' }).waitFor();
  await analyse.waitFor();
}

const side = (page: Page, name: 'Before' | 'After') =>
  page.locator('.view-bar').getByRole('button', { name, exact: true }).click();

/** Some seconds from the start of the song. */
async function play(page: Page, length: number): Promise<Heard> {
  await page.keyboard.press('Home');
  // Else the place where the last one ended is taken for this one's.
  await page.waitForFunction(() => document.querySelector('.position')?.textContent?.startsWith('0:00'));
  await takeHeard(page);
  await page.keyboard.press(' ');
  const reached = `0:${String(length).padStart(2, '0')}`;
  await page.waitForFunction(
    (wanted) => (document.querySelector('.position')?.textContent ?? '') > wanted,
    reached,
  );
  await page.keyboard.press(' ');
  return await takeHeard(page);
}

/** LUFS of exactly so many seconds from the first sound on. */
function loudness({ left, right, sampleRate }: Heard, length: number): number {
  const meter = new LoudnessMeter(sampleRate, 2, { truePeak: false });
  const first = left.findIndex((sample) => sample !== 0);
  const end = first + Math.round((length - 0.5) * sampleRate);
  meter.process([left.subarray(first, end), right.subarray(first, end)]);
  return meter.result().integrated ?? Number.NaN;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const home = await mkdtemp(join(tmpdir(), 'sonidesk-ab-'));
await mkdir(join(home, 'config'));
await writeFile(join(home, 'config', 'preferences.json'), JSON.stringify({ tourSeen: true }));
const changes = 2 * Math.ceil(Number(values.changes) / 2);
const tracks =
  positionals.length > 0 ? positionals : await makeTracks(join(home, 'tracks'), Math.max(59, seconds + 1));
const server = spawn(process.execPath, [join(root, 'bin/sonidesk.mjs'), 'open', '--no-browser'], {
  env: { ...process.env, SONIDESK_HOME: home, SONIDESK_BRIDGE: join(home, 'bridge', 'bridge.json') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [address] = (await once(createInterface(server.stdout), 'line')) as [string];
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--autoplay-policy=no-user-gesture-required'],
});
try {
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    bypassCSP: true,
    locale: 'en-GB',
  });
  page.setDefaultTimeout(300_000);
  await listenToPage(page);
  await page.goto(address);
  await prepare(page, tracks);

  const steps = [
    { name: 'strength 100 %', keys: [] },
    { name: 'strength 50 %', keys: Array.from({ length: 10 }, () => 'ArrowLeft') },
    { name: 'strength 150 %', keys: Array.from({ length: 20 }, () => 'ArrowRight') },
    { name: 'one track left out', keys: Array.from({ length: 10 }, () => 'ArrowLeft'), leavesOut: true },
  ];
  const loudnesses: { name: string; before: number; after: number }[] = [];
  for (const { name, keys, leavesOut } of steps) {
    const strength = page.getByRole('slider', { name: 'Strength' });
    for (const key of keys) await strength.press(key);
    if (leavesOut === true) await page.getByRole('switch').first().press(' ');
    await side(page, 'Before');
    const before = loudness(await play(page, seconds), seconds);
    await side(page, 'After');
    const after = loudness(await play(page, seconds), seconds);
    loudnesses.push({ name, before, after });
  }

  await side(page, 'Before');
  await page.keyboard.press('Home');
  await takeHeard(page);
  await page.keyboard.press(' ');
  await sleep(1500);
  for (let change = 0; change < changes; change++) {
    await page.keyboard.press('a');
    // At no fixed place within the blocks of the device.
    await sleep(700 + ((change * 37) % 101));
  }
  await page.keyboard.press(' ');
  const heard = await takeHeard(page);
  const { away, back } = changesOver(heard, await leftSum(tracks));
  const { deviceMs } = heard;
  if (values.json) console.log(JSON.stringify({ away, back, deviceMs, loudnesses }));
  else {
    const line = (name: string, times: readonly number[]) =>
      `${name.padEnd(44)}median ${median(times).toFixed(0)} ms, longest ${Math.max(...times).toFixed(0)} ms (${times.length} of ${changes / 2})`;
    console.log(line('Before to After: first other block is made', away));
    console.log(line('After to Before: nothing else is made', back));
    console.log(`the output device adds, as the browser says: ${deviceMs.toFixed(0)} ms`);
    for (const { name, before, after } of loudnesses) {
      console.log(
        `${name.padEnd(20)} before ${before.toFixed(2)} LUFS, after ${after.toFixed(2)} LUFS: ${(after - before).toFixed(2)} LU apart`,
      );
    }
  }
} finally {
  await browser.close();
  const gone = once(server, 'exit');
  server.kill('SIGINT');
  await gone;
  await rm(home, { recursive: true, force: true });
}
