import { readFile, readdir } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { seriousFindings } from './support/accessibility.ts';
import { browserDesk, type BrowserDesk } from './support/browserDesk.ts';
import { deskHome, songSeconds, type DeskHome } from './support/desk.ts';
import { analyse, position, showView } from './support/flow.ts';
import { recording, recordingPage } from './support/recordOutput.ts';
import { chromium, leftOut } from './support/requirement.ts';

const missing = chromium === null ? 'There is no Chromium here (install one, or name it in CHROMIUM).' : null;

describe.skipIf(leftOut(missing))('the window in a browser', () => {
  let home: DeskHome;
  let desk: BrowserDesk;

  beforeAll(async () => {
    home = await deskHome();
    desk = await browserDesk(home);
  });
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });

  it('teaches the three steps when it is empty', async () => {
    await desk.page.getByRole('heading', { name: 'Three steps to a rebalanced song' }).waitFor();
    expect(await desk.page.getByRole('listitem').count()).toBe(3);
    expect(await seriousFindings(desk.page)).toEqual([]);
  });

  it('opens a file that is chosen, reads it and tells what it heard', async () => {
    const chooser = desk.page.waitForEvent('filechooser');
    await desk.page.getByRole('button', { name: 'Choose files…' }).click();
    await (await chooser).setFiles(home.song);
    await desk.page.getByRole('heading', { name: 'First Song' }).waitFor();
    await desk.page.getByRole('img', { name: 'Waveform of First Song' }).waitFor({ timeout: 60_000 });
    const chips = desk.page.getByRole('list', { name: 'What was heard', exact: true });
    await expect.poll(() => chips.textContent(), { timeout: 60_000 }).toContain('120 bpm');
  });

  it('separates, transcribes and plans the mix', async () => {
    await analyse(desk.page);
    await showView(desk.page, 'Stems');
    await desk.page.getByText('The stems add up to the song exactly.').waitFor();
    const levels = desk.page.getByRole('slider', { name: /^Level of (Drums|Bass|Other|Vocals)$/ });
    expect(await levels.count()).toBe(4);
  });

  it('plays the stems locked to the sample: their sum is the song, and so is the A/B', async () => {
    const page = await recordingPage(desk.page.context().browser()!, desk.address);
    const reached = (time: string) =>
      page.waitForFunction(
        (wanted) => (document.querySelector('.position')?.textContent ?? '') > wanted,
        time,
      );
    await showView(page, 'Stems');
    await page.getByRole('slider', { name: 'Level of Drums' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await reached('0:02');
    // Both are the same audio here, so changing over must not be heard at all.
    await page.keyboard.press('a');
    await reached('0:04');
    await page.keyboard.press(' ');
    const reader = await openWav(home.song);
    const [left] = await reader.read(0, reader.frames);
    await reader.close();
    const { played, matched } = await recording(page, left!, reader.sampleRate);
    await page.context().close();
    expect(played).toBeGreaterThan(2.5);
    // More than half of it: what is around the change is in it.
    expect(matched).toBeGreaterThan(2.5);
  });

  it('mutes, solos and seeks by keyboard alone', async () => {
    const { page } = desk;
    await page.keyboard.press('1');
    await page.getByRole('button', { name: 'Solo Drums', pressed: true }).waitFor();
    await page.keyboard.press('1');
    await page.keyboard.press('Shift+Digit2');
    await page.getByRole('button', { name: 'Mute Bass', pressed: true }).waitFor();
    await page.keyboard.press('Shift+Digit2');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => position(page)).toBe(5);
    await page.keyboard.press('End');
    await expect.poll(() => position(page)).toBe(songSeconds);
    await page.keyboard.press('Home');
    await page.keyboard.press('Alt+Digit3');
    await page.getByRole('application', { name: /Piano roll/ }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('hides unsure notes, edits notes and takes the edits back', async () => {
    const { page } = desk;
    await showView(page, 'MIDI');
    const status = page.locator('.view-bar').getByRole('status');
    const slider = page.getByRole('slider', { name: /Hide notes/ });
    await slider.press('Home');
    await expect.poll(() => status.textContent()).toMatch(/^([1-9]\d*) of \1 notes$/);
    const all = Number(/of (\d+)/.exec((await status.textContent())!)![1]);
    expect(all).toBeGreaterThan(5);
    await slider.press('End');
    await expect.poll(() => status.textContent()).toBe(`0 of ${all} notes`);
    await slider.press('Home');

    const roll = page.getByRole('application', { name: /Piano roll/ });
    const box = (await roll.boundingBox())!;
    await page.mouse.dblclick(box.x + 0.9 * box.width, box.y + 0.34 * box.height);
    await expect.poll(() => status.textContent()).toBe(`${all + 1} of ${all + 1} notes`);
    await page.mouse.click(box.x + 0.9 * box.width + 3, box.y + 0.34 * box.height);
    await expect.poll(() => status.textContent()).toMatch(/^1 chosen: /);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Delete');
    await expect.poll(() => status.textContent()).toBe(`${all} of ${all} notes`);
    for (const times of [1, 2]) {
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => status.textContent(), { message: `undo ${times}` }).toContain(`of ${all + 1}`);
    }
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => status.textContent()).toBe(`${all} of ${all} notes`);
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect.poll(() => status.textContent()).toContain(`of ${all + 1}`);
    await page.getByRole('button', { name: 'Undo' }).click();
  });

  it('takes a mix suggestion in part, and back', async () => {
    const { page } = desk;
    await showView(page, 'Mix');
    const strength = page.getByRole('slider', { name: 'Strength' });
    await strength.press('Home');
    await page.getByText('0 %', { exact: true }).waitFor();
    const undo = page.getByRole('button', { name: 'Undo' });
    await undo.click();
    await page.getByText('100 %', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'After' }).click();
    expect(await page.locator('.transport .segment').last().getAttribute('data-selected')).toBe('true');
  });

  it('exports what was asked for, whole', async () => {
    const { page } = desk;
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(home.exports);
    await dialog.getByText('Mix as WAV').click();
    await dialog.getByRole('button', { name: 'Export' }).click();
    await dialog.getByRole('list').getByRole('listitem').nth(5).waitFor({ timeout: 60_000 });
    await dialog.getByText('Close', { exact: true }).last().click();
    const files = (await readdir(home.exports)).sort();
    expect(files).toEqual([
      'First Song - bass.wav',
      'First Song - drums.wav',
      'First Song - mix.wav',
      'First Song - other.wav',
      'First Song - vocals.wav',
      'First Song.mid',
    ]);
    expect(
      await sumError(
        home,
        files.filter((name) => / - (bass|drums|other|vocals)/.test(name)),
      ),
    ).toBeLessThan(1e-6);
    expect((await readFile(join(home.exports, 'First Song.mid'))).subarray(0, 4).toString()).toBe('MThd');
  });

  it.each(['Session', 'Stems', 'MIDI', 'Mix', 'Jobs', 'Models'] as const)(
    'is accessible: %s',
    async (view) => {
      await showView(desk.page, view);
      await desk.page.waitForFunction(() => document.querySelector('.view, .empty') !== null);
      expect(await seriousFindings(desk.page)).toEqual([]);
    },
  );

  it('is accessible in a light window and in its dialogs', async () => {
    const { page } = desk;
    await showView(page, 'Stems');
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.emulateMedia({ colorScheme: 'dark' });
  });

  it('finds everything again after a restart of the program', async () => {
    await desk.close();
    desk = await browserDesk(home);
    await desk.page.getByRole('heading', { name: 'First Song' }).waitFor();
    await showView(desk.page, 'Stems');
    await desk.page.getByText('The stems add up to the song exactly.').waitFor();
    expect(await desk.page.getByRole('slider', { name: /^Level of / }).count()).toBe(4);
  });

  it('lets nobody in without the key, from another site or for another file', async () => {
    const { origin } = new URL(desk.address);
    const status = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve, reject) => {
        get(`${origin}${path}`, { headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    const cookie = (await desk.page.context().cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    expect(await status('/')).toBe(403);
    expect(await status('/?token=wrong')).toBe(403);
    expect(await status('/', { cookie })).toBe(200);
    expect(await status('/', { cookie, host: 'evil.example' })).toBe(421);
    expect(await status('/../package.json', { cookie })).toBe(404);
    expect(await status('/media/..%2f..%2fetc%2fpasswd', { cookie })).toBe(404);
    expect(await status('/media/0000', { cookie })).toBe(404);
    const upgrade = (headers: Record<string, string>) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { headers });
        socket.on('open', () => (socket.close(), resolve('open')));
        socket.on('error', (error) => resolve(error.message));
      });
    expect(await upgrade({ cookie, origin: 'https://evil.example' })).toContain('403');
    expect(await upgrade({ origin })).toContain('403');
    expect(await upgrade({ cookie, origin })).toBe('open');
  });

  it('broke no rule of its own policy on the way', () => expect(desk.complaints).toEqual([]));
});

/** Largest difference between the exported stems' sum and the song. */
async function sumError({ exports, song }: DeskHome, names: readonly string[]): Promise<number> {
  const readers = await Promise.all([openWav(song), ...names.map((name) => openWav(join(exports, name)))]);
  const [source, ...stems] = await Promise.all(readers.map((reader) => reader.read(0, reader.frames)));
  await Promise.all(readers.map((reader) => reader.close()));
  return source![0]!.reduce((worst, sample, frame) => {
    const sum = stems.reduce((total, planes) => total + planes[0]![frame]!, 0);
    return Math.max(worst, Math.abs(sample - sum));
  }, 0);
}
