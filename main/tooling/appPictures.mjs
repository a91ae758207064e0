// Takes the pictures of the window for the documentation: opens a song in it (`npm run docs:app-pictures -- song.wav`),
// analyses it with the packs that are installed unless that has been done, and photographs every view.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromiumPath, launchChromium, openWindow } from './browser.mjs';
import { appRoot } from './electron.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '1280x800' },
    out: { type: 'string', default: join(appRoot, 'docs') },
  },
});
const song = positionals[0];
if (chromiumPath === null || song === undefined) {
  console.error(
    'Usage: npm run docs:app-pictures -- <song> [--size 1280x800] [--out folder]. It needs a Chromium (CHROMIUM).',
  );
  process.exit(2);
}
/** What is drawn late (waveforms, spectrograms) is there when two pictures, some seconds apart, are the same. */
async function atRest(page) {
  for (let before = await page.screenshot(); ;) {
    await setTimeout(3000);
    const now = await page.screenshot();
    if (now.equals(before)) return;
    before = now;
  }
}

const [width, height] = values.size.split('x').map(Number);
mkdirSync(values.out, { recursive: true });

const { server, address } = await openWindow([song]);
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: 'dark', locale: 'en-GB' });
  page.setDefaultTimeout(120_000);
  await page.goto(address);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  // A home that is new begins with the tour; it comes with the preferences.
  const skip = page.getByRole('button', { name: 'Skip the tour' });
  await page.addLocatorHandler(skip, () => skip.click());
  const header = page.locator('.song-header');
  const analyse = header.getByRole('button', { name: 'Analyse…' });
  const view = (name) =>
    page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();
  await analyse.waitFor({ timeout: 600_000 });
  await view('Mix');
  const suggestion = page.getByRole('slider', { name: 'Strength' });
  await suggestion.or(page.getByRole('heading', { name: 'No mix suggestion yet' })).waitFor();
  if ((await suggestion.count()) === 0) {
    await analyse.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await header.getByRole('status').waitFor();
    await analyse.waitFor({ timeout: 3_600_000 });
  }
  for (const name of ['Session', 'Stems', 'MIDI', 'Mix']) {
    await view(name);
    // Somewhere in the song, with meters that have something to show.
    await page.keyboard.press('Home');
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
    if (name === 'Stems') {
      await page.keyboard.press(' ');
      await page.waitForFunction(() => (document.querySelector('.position')?.textContent ?? '') > '0:16');
    }
    if (name === 'Mix') await page.locator('.picture').first().waitFor({ timeout: 120_000 });
    if (name === 'MIDI') {
      // Close enough for single notes, over what they were heard in.
      for (let step = 0; step < 4; step++) await page.keyboard.press('+');
      await page.keyboard.press('g');
    }
    // Keys leave a ring around what has the focus.
    await page.evaluate(() => document.activeElement?.blur());
    if (name !== 'Stems') await atRest(page);
    const path = join(values.out, `app-${name.toLowerCase()}.png`);
    await page.screenshot({ path });
    if (name === 'Stems') await page.keyboard.press(' ');
    if (name === 'MIDI') await page.keyboard.press('g');
    console.log(path);
  }
} finally {
  await browser.close();
  server.kill('SIGINT');
}
