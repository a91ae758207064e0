import { spawnSync } from 'node:child_process';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatedSurface } from '../../plugin-bridge/daws/ardour/simulatedSurface.ts';
import { seriousFindings } from './support/accessibility.ts';
import { browserDesk, type BrowserDesk } from './support/browserDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { dropFile } from './support/dropFile.ts';
import { showView } from './support/flow.ts';
import { tabTo } from './support/keys.ts';
import { pictureDiffers } from './support/picture.ts';
import { chromium, leftOut } from './support/requirement.ts';

const missing = chromium === null ? 'There is no Chromium here (install one, or name it in CHROMIUM).' : null;
const views = ['Session', 'Stems', 'MIDI', 'Mix', 'Jobs', 'Models', 'Doctor'] as const;
/** Long for what takes a moment: the machine may be busy. */
const soon = { timeout: 60_000 };
const sizes = [
  [1024, 640],
  [1280, 800],
  [1920, 1080],
] as const;

describe.skipIf(leftOut(missing))('the whole job, by keyboard alone', () => {
  let home: DeskHome;
  let desk: BrowserDesk;
  /** Where an Ardour would be heard; nobody is there yet. */
  let ardourPort: number;
  beforeAll(async () => {
    home = await deskHome();
    const surface = await SimulatedSurface.start([]);
    ardourPort = surface.port;
    surface.close();
    home.env['SONIDESK_ARDOUR_PORT'] = String(ardourPort);
    await writeFile(join(home.home, 'config', 'preferences.json'), JSON.stringify({ tourSeen: false }));
    desk = await browserDesk(home);
  });
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await desk.page.keyboard.press(key);
  };
  /** As a browser has sent it: that is the file that was opened. */
  const openedFile = async () => {
    const songs = join(home.home, 'songs');
    const names = await readdir(songs);
    const texts = await Promise.all(
      names.map((name) => readFile(join(songs, name, 'song.json'), 'utf8').catch(() => null)),
    );
    const { inputs } = JSON.parse(texts.find((text) => text !== null)!) as { inputs: string[] };
    return inputs[0]!;
  };
  const decisions = (file: string, ...flags: readonly string[]) =>
    spawnSync(process.execPath, ['bin/sonidesk.mjs', 'decisions', file, ...flags], {
      env: home.env,
      encoding: 'utf8',
    });

  it('begins with a tour that can be skipped, and is not shown again', async () => {
    const { page } = desk;
    const tour = page.getByRole('dialog', { name: 'A short tour' });
    await tour.getByText('1 of 6').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await tabTo(page, /^Next$/);
    await press('Enter');
    await tour.getByText('2 of 6').waitFor();
    await press('Escape');
    await tour.waitFor({ state: 'detached' });
    await expect
      .poll(() => readFile(join(home.home, 'config', 'preferences.json'), 'utf8'), soon)
      .toContain('"tourSeen": true');
    await page.reload();
    await page.getByRole('heading', { name: 'Three steps to a rebalanced song' }).waitFor();
    expect(await tour.count()).toBe(0);
  });

  it('lets the analysis do without features', async () => {
    await press('Alt+Digit6');
    await tabTo(desk.page, /^Listen with SoniDo features/);
    await press('Space');
    await expect
      .poll(() => readFile(join(home.home, 'config', 'preferences.json'), 'utf8'), soon)
      .toContain('"features": false');
    await press('Alt+Digit1');
  });

  it('opens, splits and solos', async () => {
    const { page } = desk;
    const chooser = page.waitForEvent('filechooser');
    await press('Control+o');
    await (await chooser).setFiles(home.song);
    const ready = page.locator('.song-header').getByRole('button', { name: 'Analyse…' });
    await ready.waitFor({ timeout: 150_000 });
    await page.getByRole('img', { name: 'Waveform of First Song' }).waitFor({ timeout: 150_000 });
    await ready.waitFor({ timeout: 150_000 });
    await press('Control+Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Start$/);
    await press('Enter');
    await page.getByRole('slider', { name: 'Level of Drums' }).waitFor({ timeout: 150_000 });
    await ready.waitFor({ timeout: 150_000 });
    await press('1');
    const solo = page.getByRole('button', { name: 'Solo Drums', pressed: true });
    await expect.poll(() => solo.count(), soon).toBe(1);
    await press('1');
  });

  it('compares before and after equally loud, and changes over without loading anything', async () => {
    const { page } = desk;
    await press('Alt+Digit4');
    await page.getByRole('button', { name: 'Before' }).waitFor();
    await page.getByRole('img', { name: /^Spectrum of the mix/ }).waitFor({ timeout: 150_000 });
    await page.getByRole('img', { name: /^Width of the mix/ }).waitFor();
    expect(
      await page
        .getByRole('list', { name: /covered by others/ })
        .getByRole('img')
        .count(),
    ).toBe(4);
    await page.getByText('Both are played equally loud.').waitFor();
    const after = page.getByRole('button', { name: 'After', pressed: true });
    await tabTo(page, /^After$/);
    await press('Enter');
    await after.waitFor();
    let requests = 0;
    page.on('request', () => requests++);
    await press('a');
    await page.getByRole('button', { name: 'Before', pressed: true }).waitFor();
    await press('a');
    await after.waitFor();
    expect(requests).toBe(0);
  });

  it('takes the suggestion in part; one undo brings everything back, also after a restart and from the command line', async () => {
    const strength = () => desk.page.getByRole('slider', { name: 'Strength' }).inputValue();
    await tabTo(desk.page, /^Strength/);
    await press('Home', 'ArrowRight', 'ArrowRight');
    await expect.poll(strength, soon).toBe('0.1');
    await tabTo(desk.page, /^Use the suggestion for/);
    await press('Space');
    await expect
      .poll(() => desk.page.getByRole('switch', { name: /Use the suggestion/, checked: false }).count(), soon)
      .toBe(1);
    await press('Control+z');
    await expect
      .poll(() => desk.page.getByRole('switch', { name: /Use the suggestion/, checked: false }).count(), soon)
      .toBe(0);
    await desk.close();
    desk = await browserDesk(home);
    await showView(desk.page, 'Mix');
    await expect.poll(strength, soon).toBe('0.1');
    const file = await openedFile();
    expect(decisions(file).stdout).toMatch(/applied\s+mix\s+Mix suggestion at 10 %/);
    // The window follows what another program decides.
    let steps = 0;
    while (decisions(file, '--undo').status === 0) steps++;
    expect(steps).toBeGreaterThan(0);
    await expect.poll(strength, soon).toBe('1');
    await expect.poll(() => desk.page.getByRole('button', { name: 'Undo' }).isEnabled(), soon).toBe(false);
  });

  it('says what to do when no plugin can take the mix', async () => {
    await tabTo(desk.page, /^Apply to plugins$/);
    await press('Enter');
    const advice = desk.page.getByText(/No plugin is on a track with one of these names/);
    await expect.poll(() => advice.count(), soon).toBe(1);
  });

  it('puts gain and pan onto the faders of a DAW that answers; one undo puts them back', async () => {
    const { page } = desk;
    const button = page.getByRole('button', { name: 'Apply to Ardour', exact: true });
    expect(await button.count()).toBe(0);
    const strips = ['Drums', 'bass', 'Vocals'].map((name) => ({ name, gain: 0.5, pan: 0.5 }));
    const surface = await SimulatedSurface.start(strips, ardourPort);
    const gains = () => surface.strips.map(({ gain }) => gain);
    try {
      await button.waitFor(soon);
      await tabTo(page, /^Apply to Ardour$/);
      await press('Enter');
      await page
        .getByText(/on these strips of Ardour: Drums, bass, Vocals\. .*No strip is called other/)
        .waitFor();
      await page.getByText('On the faders', { exact: true }).waitFor();
      expect(gains()).not.toEqual([0.5, 0.5, 0.5]);
      await press('Control+z');
      await page.getByText('On the faders', { exact: true }).waitFor({ state: 'detached' });
      await expect.poll(() => gains().every((gain) => Math.abs(gain - 0.5) < 1e-6), soon).toBe(true);
    } finally {
      surface.close();
    }
    await button.waitFor({ state: 'detached' });
  });

  it('comes near a reference that is dropped on its place, and near another that is chosen', async () => {
    const { page } = desk;
    const place = page.getByRole('group', { name: 'Reference', exact: true });
    const [dropped, chosen] = ['Loved Mix', 'Other Mix'].map((name) => join(home.home, `${name}.wav`));
    for (const path of [dropped!, chosen!]) await copyFile(home.song, path);
    await dropFile(page, place, dropped!);
    const matched = (name: string) => page.getByText(`Matched to ${name}`).waitFor({ timeout: 150_000 });
    await matched('Loved Mix');
    // It was not opened as a song, as a file is that is dropped elsewhere.
    expect(await page.getByRole('button', { name: /^Loved Mix/ }).count()).toBe(0);
    await page.getByRole('heading', { name: 'First Song' }).waitFor();
    await page
      .locator('.song-header')
      .getByRole('button', { name: 'Analyse…' })
      .waitFor({ timeout: 150_000 });
    await place.locator('input').setInputFiles(chosen!);
    await matched('Other Mix');
  });

  it('exports the mix', async () => {
    const { page } = desk;
    await press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.waitFor();
    await tabTo(page, /Mix as WAV/);
    await press('Space');
    await tabTo(page, /^Folder/);
    await press('Control+a');
    await page.keyboard.type(home.exports);
    await tabTo(page, /^Export$/);
    await press('Enter');
    await expect
      .poll(() => readdir(home.exports).catch(() => []), { timeout: 150_000 })
      .toContain('First Song - mix.wav');
    await dialog.getByRole('listitem').first().waitFor({ timeout: 150_000 });
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('imports a model of the user’s own, with the checks of the command line', async () => {
    const { page } = desk;
    await showView(page, 'Models');
    await page.getByText('“First Song” was heard without features.').waitFor(soon);
    const models = page.getByLabel('Import a model…').and(page.locator('input'));
    await models.setInputFiles(home.song);
    const dialog = page.getByRole('dialog', { name: /^Import/ });
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText(/is no ONNX model that can be loaded/).waitFor(soon);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await models.setInputFiles(join(home.home, 'packs', 'factors', 'model.onnx'));
    await dialog.getByRole('textbox', { name: /Name of the pack/ }).fill('my-own');
    await dialog.getByText('Waveform').click();
    await dialog.getByRole('textbox', { name: /Stems/ }).fill('drums, bass, other, vocals');
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await dialog.waitFor({ state: 'detached', timeout: 150_000 });
    const card = page.getByRole('listitem', { name: 'my-own' });
    await card.getByText('Installed').waitFor();
    await card.getByRole('button', { name: 'Measure the speed' }).click();
    await card.getByText(/× real time on CPU/).waitFor({ timeout: 150_000 });
    await card.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => card.count(), soon).toBe(0);
  });

  it('keeps what is set: colours, contrast, language', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Preferences' }).click();
    const dialog = page.getByRole('dialog', { name: 'Preferences' });
    await dialog.getByText('Light', { exact: true }).click();
    await dialog.getByText('High', { exact: true }).click();
    await page.locator('html[data-theme="light"][data-contrast="more"]').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByText('Deutsch', { exact: true }).click();
    await page.locator('html[lang="de"]').waitFor();
    await page.getByRole('navigation', { name: 'Ansichten' }).waitFor({ state: 'attached' });
    await page.reload();
    await page.locator('html[lang="de"][data-theme="light"][data-contrast="more"]').waitFor();
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    const again = page.getByRole('dialog', { name: 'Einstellungen' });
    await again.getByText('Dunkel', { exact: true }).click();
    await again.getByText('English', { exact: true }).click();
    await page.locator('html[lang="en"][data-theme="dark"]').waitFor();
    await page.keyboard.press('Escape');
  });

  it('is accessible in every view, dark and light, in high contrast', async () => {
    const { page } = desk;
    await page.locator('html[data-contrast="more"]').waitFor();
    for (const view of views) {
      await showView(page, view);
      await page.waitForFunction(() => document.querySelector('.view, .empty') !== null);
      if (view === 'Doctor') {
        await page.getByText(/\d+ good, \d+ worth a look/).waitFor({ timeout: 150_000 });
        for (const name of ['plugin server', 'plugin VST3', 'audio output', 'MIDI ports', 'providers']) {
          await page.getByText(name, { exact: true }).first().waitFor();
        }
      }
      // Both where most is shown; the colours are the same elsewhere.
      for (const theme of view === 'Mix' || view === 'Stems' ? ['light', 'dark'] : ['dark']) {
        await page.evaluate((wanted) => {
          document.documentElement.dataset['theme'] = wanted;
        }, theme);
        expect({ view, theme, findings: await seriousFindings(page) }).toEqual({ view, theme, findings: [] });
      }
    }
  });

  it('holds from right to left: nothing runs out of the window', async () => {
    const { page } = desk;
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    for (const view of views.filter((each) => each !== 'Doctor')) {
      await showView(page, view);
      await page.waitForFunction(() => document.querySelector('.view, .empty') !== null);
      const places = await page.evaluate(() => {
        const { left, width } = document.querySelector('.sidebar')!.getBoundingClientRect();
        return {
          sidebarEnd: Math.round(left + width),
          window: innerWidth,
          overflow: document.documentElement.scrollWidth - innerWidth,
        };
      });
      expect({ view, end: places.sidebarEnd }).toEqual({ view, end: places.window });
      expect(places.overflow).toBeLessThanOrEqual(0);
    }
  });

  it('looks as it did, at three sizes', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Preferences' }).click();
    await page.getByRole('radiogroup', { name: 'Contrast' }).getByText('As the system').click();
    await page.keyboard.press('Escape');
    await page.reload();
    await page.locator('html[data-theme="dark"][data-contrast="usual"]').waitFor();
    const differences: string[] = [];
    for (const view of ['Session', 'Stems', 'MIDI', 'Mix', 'Models', 'Jobs'] as const) {
      await showView(page, view);
      if (view === 'Mix') await page.locator('.picture').first().waitFor({ timeout: 150_000 });
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        // Two frames: the canvases follow the new size.
        await page.evaluate(
          () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
        );
        const found = await pictureDiffers(page, `${view.toLowerCase()}-${width}`);
        if (found !== null) differences.push(found);
      }
    }
    expect(differences).toEqual([]);
  });

  it('broke no rule of its own policy on the way', () => expect(desk.complaints).toEqual([]));
});
