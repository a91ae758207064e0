import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testElectron } from '../../main/tooling/electron.mjs';
import { childrenOf } from '../fault/childrenOf.ts';
import { appDesk, enginePids, type AppDesk } from './support/appDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { showView } from './support/flow.ts';
import { display, leftOut } from './support/requirement.ts';

const missing = display === null ? 'Electron needs a display: run it under xvfb-run.' : null;

describe.skipIf(leftOut(missing))('the app when things go wrong', () => {
  let home: DeskHome;
  let desk: AppDesk;

  beforeAll(async () => {
    const electron = await testElectron();
    home = await deskHome();
    await rm(join(home.home, 'packs'), { recursive: true });
    const session = join(home.home, 'sessions', 'default');
    await mkdir(session, { recursive: true });
    await writeFile(join(session, 'session.sqlite'), 'This was a database once. '.repeat(400));
    desk = await appDesk(home, electron);
    desk.page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });

  const header = () => desk.page.locator('.song-header');

  it('says what is wrong with a damaged session and what to do, and works without it', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Live session' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Plugins cannot connect.' });
    await alert.waitFor({ timeout: 150_000 });
    expect(await alert.textContent()).toMatch(/Your audio and finished results in this folder are safe/);
  });

  it('goes on when the inference process is killed in the middle of a job', async () => {
    const { app, page } = desk;
    await app.evaluate(({ BrowserWindow }, path) => {
      BrowserWindow.getAllWindows()[0]!.webContents.send('open-files', [path]);
    }, home.song);
    const [engine] = await enginePids(app);
    const host = await firstChild(engine!);
    process.kill(host, 'SIGKILL');
    await page.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 150_000 });
    // Done by a new process at once, or after the user has read what happened and says "go on".
    const chips = page.getByRole('list', { name: 'What was heard' });
    await showView(page, 'Jobs');
    const resume = page.getByRole('button', { name: 'Go on' });
    const done = page.getByText('Done', { exact: true });
    await resume.or(done).first().waitFor({ timeout: 150_000 });
    if (await resume.isVisible()) await resume.click();
    await done.first().waitFor({ timeout: 150_000 });
    await showView(page, 'Session');
    await expect.poll(() => chips.textContent(), { timeout: 150_000 }).toContain('120 bpm');
    expect(await enginePids(app)).toEqual([engine]);
  });

  it('says which pack is missing', async () => {
    const { page } = desk;
    await header().getByRole('button', { name: 'Analyse…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Go to Models' }).waitFor();
    await expect
      .poll(() => dialog.getByText(/Needs the pack/).count(), { timeout: 30_000 })
      .toBeGreaterThan(0);
  });

  it('finishes a job while its window is closed', async () => {
    const { app, page } = desk;
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    const again = app.waitForEvent('window');
    await app.evaluate(({ app: electron, BrowserWindow }) => {
      // As on a system where programs live without a window.
      electron.removeAllListeners('window-all-closed');
      electron.on('window-all-closed', () => undefined);
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
    await expect.poll(() => app.windows().length, { timeout: 30_000 }).toBe(0);
    await app.evaluate(({ app: electron }) => {
      electron.emit('activate');
    });
    const reopened = await again;
    await reopened.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 150_000 });
    await showView(reopened, 'Mix');
    await reopened.getByRole('slider', { name: 'Strength' }).waitFor({ timeout: 150_000 });
  });
});

/** The first process that the engine starts. */
async function firstChild(engine: number): Promise<number> {
  for (;;) {
    const [child] = childrenOf(engine, 'inference-host');
    if (child !== undefined) return child;
    await sleep(20);
  }
}
