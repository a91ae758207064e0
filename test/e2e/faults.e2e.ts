import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testElectron } from '../../main/tooling/electron.mjs';
import { appDesk, enginePids, hostPids, type AppDesk } from './support/appDesk.ts';
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
    await expect.poll(async () => (await hostPids(app)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    const [host] = await hostPids(app);
    process.kill(host!, 'SIGKILL');
    await page.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 150_000 });
    // Done by a new process at once, or after the user has read what happened and says "go on".
    const chips = page.getByRole('list', { name: 'What was heard', exact: true });
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
      .poll(() => dialog.getByText(/Needs the pack/).count(), { timeout: 60_000 })
      .toBeGreaterThan(0);
  });

  it('loads its page again when its process has died, tells of it, and the job goes on', async () => {
    const { app, page } = desk;
    const hosts = await hostPids(app);
    const [engine] = await enginePids(app);
    // Held up, so that the job lasts as long as the test likes.
    hold(hosts);
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await header().getByRole('status').waitFor();
    await app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<void>((resolve) => {
          const { webContents } = BrowserWindow.getAllWindows()[0]!;
          webContents.once('did-finish-load', () => resolve());
          webContents.forcefullyCrashRenderer();
        }),
    );
    // Playwright does not look into a page again that has been dead once.
    const text = () =>
      app.evaluate(
        ({ BrowserWindow }) =>
          BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
            'document.body.innerText',
          ) as Promise<string>,
      );
    await expect.poll(text, { timeout: 150_000 }).toContain('First Song');
    const logs = await app.evaluate(({ app: electron }) => electron.getPath('logs'));
    expect(await readFile(join(logs, 'crashes.log'), 'utf8')).toMatch(/The window ended unexpectedly/);
    expect(await enginePids(app)).toEqual([engine]);
  });

  it('stays while jobs run without a window, opens one at the next start, and finishes the job', async () => {
    const { app } = desk;
    const hosts = await hostPids(app);
    await app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
    await expect.poll(() => app.windows().length, { timeout: 60_000 }).toBe(0);
    const again = app.waitForEvent('window', { timeout: 150_000 });
    // As a user does it: the second start hands over to the first.
    const second = spawn(app.process().spawnfile, desk.args, {
      env: home.env,
      stdio: 'ignore',
    });
    const page = await again;
    if (second.exitCode === null) await once(second, 'exit');
    await page.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 150_000 });
    await page.locator('.song-header').getByRole('status').waitFor({ timeout: 60_000 });
    letGo(hosts);
    await showView(page, 'Mix');
    await page.getByRole('slider', { name: 'Strength' }).waitFor({ timeout: 150_000 });
  });

  it('leaves no process behind when it is killed', async () => {
    const { app } = desk;
    const pids = [...(await enginePids(app)), ...(await hostPids(app))];
    expect(pids.length).toBeGreaterThan(1);
    app.process().kill('SIGKILL');
    await expect.poll(() => pids.filter(isAlive), { timeout: 60_000 }).toEqual([]);
  });
});

const hold = (pids: readonly number[]) => pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
const letGo = (pids: readonly number[]) => pids.forEach((pid) => process.kill(pid, 'SIGCONT'));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
