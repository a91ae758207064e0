import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testElectron } from '../../main/tooling/electron.mjs';
import { program, runCli } from '../cli/runCli.ts';
import { appDesk, enginePids, hostPids, type AppDesk } from './support/appDesk.ts';
import { cutOff } from './support/cutOff.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { analyse, showView } from './support/flow.ts';
import { display, leftOut } from './support/requirement.ts';
import { signal } from './support/signal.ts';
import { answerQuestion, heard, listenToShell, questions, shellEars } from './support/shellEars.ts';

const missing = display === null ? 'Electron needs a display: run it under xvfb-run.' : null;
const long = { timeout: 150_000 };
const views = ['Session', 'Stems', 'MIDI', 'Mix', 'Jobs', 'Models', 'Doctor'] as const;

/** What the app asks of the system around it, and how it follows it. */
describe.skipIf(leftOut(missing))('the app in its system', () => {
  let home: DeskHome;
  let desk: AppDesk;
  let server: ChildProcess;

  beforeAll(async () => {
    const electron = await testElectron();
    home = await deskHome();
    server = spawn(process.execPath, [program, 'serve'], {
      env: home.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(createInterface(server.stdout!), 'line');
    const ears = join(home.home, 'ears.cjs');
    await writeFile(ears, shellEars);
    desk = await appDesk(home, electron, [], {}, ears);
    desk.page.setDefaultTimeout(60_000);
  });
  afterAll(async () => {
    await desk.close();
    server.kill('SIGKILL');
    await home.remove();
  });

  const open = (...files: readonly string[]) =>
    desk.app.evaluate(({ BrowserWindow }, paths) => {
      BrowserWindow.getAllWindows()[0]!.webContents.send('open-files', paths);
    }, files);
  const reduceMotion = (on: boolean) =>
    desk.page.emulateMedia({ reducedMotion: on ? 'reduce' : 'no-preference' });

  it('says who has the songs when another program has them, and goes on when they are free', async () => {
    const { app, page } = desk;
    const asked = () => questions(app);
    await expect.poll(async () => (await asked()).length, long).toBe(1);
    const [question] = await asked();
    expect(question!.detail).toContain(`are open in another SoniDesk (process ${server.pid}) already.`);
    expect(question!.detail).toContain('end it first');
    expect(question!.buttons).toEqual(['Try again', 'Quit']);
    await answerQuestion(app, 0);
    await expect.poll(async () => (await asked()).length, long).toBe(2);
    server.kill('SIGINT');
    await once(server, 'exit');
    await answerQuestion(app, 0);
    await page.getByRole('heading', { name: 'Three steps to a rebalanced song' }).waitFor(long);
    expect(await asked()).toHaveLength(2);
    // Nothing has crashed, and nobody was told so.
    const logs = await app.evaluate(({ app: electron }) => electron.getPath('logs'));
    expect(existsSync(join(logs, 'crashes.log'))).toBe(false);
    expect((await heard(app)).notices).toEqual([]);
  });

  it('has the songs itself: another program is told so and what to do', async () => {
    const [engine] = await enginePids(desk.app);
    for (const command of [['serve'], ['open', '--no-browser']]) {
      const { code, stderr } = await runCli(command, { home: home.home, env: home.env });
      expect(code).not.toBe(0);
      expect(stderr).toContain(`are open in another SoniDesk (process ${engine}) already. Use its window`);
    }
  });

  it('shows the progress of a job in the taskbar, and tells of its end who looks elsewhere', async () => {
    const { app, page } = desk;
    await listenToShell(app);
    const looksAt = (window: boolean) =>
      page.evaluate((here) => void (document.hasFocus = () => here), window);
    await looksAt(false);
    await open(home.song);
    await expect.poll(async () => (await heard(app)).notices, long).toEqual(['First Song: is ready.']);
    await expect.poll(async () => (await heard(app)).progress.at(-1), long).toBe(-1);
    const fractions = (await heard(app)).progress.filter((fraction) => fraction >= 0);
    expect(fractions.length).toBeGreaterThan(0);
    expect(Math.max(...fractions)).toBeLessThanOrEqual(1);
    // Who sees the window needs no message.
    await looksAt(true);
    await analyse(page);
    expect((await heard(app)).notices).toHaveLength(1);
    expect((await heard(app)).progress.filter((fraction) => fraction > 0).length).toBeGreaterThan(0);
  });

  it('takes waiting jobs in another order, with the mouse and with the keyboard', async () => {
    const { app, page } = desk;
    const names = ['Second', 'Third', 'Fourth', 'Fifth'];
    const files = names.map((name) => join(home.home, `${name}.wav`));
    const bytes = await readFile(home.song);
    for (const [index, file] of files.entries()) {
      // What sounds the same is not computed again.
      bytes.writeFloatLE(0.25 + index / 8, bytes.length - 4);
      await writeFile(file, bytes);
    }
    const row = (name: string) => page.getByRole('listitem', { name });
    const held = new Set<number>();
    try {
      // Held up, so that what waits waits as long as it is looked at.
      const hold = async () => {
        for (const pid of await hostPids(app)) {
          signal(pid, 'SIGSTOP');
          held.add(pid);
        }
      };
      await hold();
      for (const file of files) await open(file);
      await showView(page, 'Jobs');
      const waiting = page.locator('.job[data-state="queued"]');
      const order = async () => {
        await hold();
        return waiting.locator('.job-title').allTextContents();
      };
      await expect.poll(order, long).toHaveLength(3);
      const [a, b, c] = (await order()) as [string, string, string];
      await row(c).getByRole('button', { name: 'Earlier' }).click();
      await expect.poll(order).toEqual([a, c, b]);
      await row(c).getByRole('button', { name: 'Earlier' }).click();
      await expect.poll(order).toEqual([c, a, b]);
      expect(await row(c).getByRole('button', { name: 'Earlier' }).isDisabled()).toBe(true);
      await row(c).getByRole('button', { name: 'Later' }).focus();
      // The focus goes along with the job; at the end of the way it is where the way back begins.
      const focused = () =>
        page.evaluate(() => {
          const element = document.activeElement;
          return `${element?.getAttribute('aria-label')} ${element?.closest('li.job')?.getAttribute('aria-label')}`;
        });
      for (const [after, focus] of [
        [[a, c, b], `Later ${c}`],
        [[a, b, c], `Earlier ${c}`],
        [[a, c, b], `Earlier ${c}`],
      ] as const) {
        await page.keyboard.press('Enter');
        await expect.poll(order).toEqual(after);
        await expect.poll(focused).toBe(focus);
      }
      for (const name of names) await row(name).getByRole('button', { name: 'Cancel' }).click();
      await expect.poll(() => page.locator('.job[data-state="cancelled"]').count(), long).toBe(names.length);
    } finally {
      for (const pid of held) signal(pid, 'SIGCONT');
    }
    await page.locator('.job-title', { hasText: 'First Song' }).first().click();
    await page.getByRole('heading', { name: 'First Song' }).waitFor();
  });

  it('moves nothing by itself where motion is reduced', async () => {
    const { page } = desk;
    const moving = () =>
      page.evaluate(() => {
        const running = document.getAnimations().length;
        const styled = [...document.querySelectorAll('*')].filter((element) => {
          const { animationName, transitionDuration } = getComputedStyle(element);
          return animationName !== 'none' || transitionDuration.split(', ').some((time) => time !== '0s');
        });
        return running + styled.length;
      });
    await reduceMotion(false);
    await expect.poll(moving).toBeGreaterThan(0);
    await reduceMotion(true);
    for (const view of views) {
      await showView(page, view);
      await expect.poll(moving, { message: view }).toBe(0);
    }
  });

  it('follows the colours and the contrast of the system while it runs', async () => {
    const { page } = desk;
    await showView(page, 'Session');
    await page.emulateMedia({ colorScheme: 'dark', contrast: 'no-preference', forcedColors: 'none' });
    const looks = () =>
      page.evaluate(() => {
        const { theme, contrast } = document.documentElement.dataset;
        const [red = 0, green = 0, blue = 0] = getComputedStyle(document.body)
          .backgroundColor.match(/\d+/g)!
          .map(Number);
        return { theme, contrast, bright: red + green + blue > 384 };
      });
    const wave = () =>
      page.getByRole('img', { name: /^Waveform of/ }).evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        return canvas.toDataURL();
      });
    await expect.poll(looks).toEqual({ theme: 'dark', contrast: 'usual', bright: false });
    const dark = await wave();
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(looks).toEqual({ theme: 'light', contrast: 'usual', bright: true });
    await expect.poll(wave).not.toBe(dark);
    await page.emulateMedia({ contrast: 'more' });
    await expect.poll(looks).toEqual({ theme: 'light', contrast: 'more', bright: true });
    await page.emulateMedia({ colorScheme: 'dark', contrast: 'no-preference' });
    await expect.poll(looks).toEqual({ theme: 'dark', contrast: 'usual', bright: false });
    await page.emulateMedia({ forcedColors: 'active' });
    await expect.poll(async () => (await looks()).contrast).toBe('more');
    await page.emulateMedia({ forcedColors: 'none' });
    await expect.poll(async () => (await looks()).contrast).toBe('usual');
    await expect.poll(wave).toBe(dark);
  });

  it.each([1, 1.5, 2])('cuts nothing off at a scale of %d', async (scale) => {
    const { app, page } = desk;
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setContentSize(1280, 800));
    await page.evaluate((factor) => {
      const { sonidesk } = globalThis as unknown as { sonidesk: { setScale(factor: number): void } };
      sonidesk.setScale(factor);
    }, scale);
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(Math.round(1280 / scale));
    const found: Record<string, string[]> = {};
    for (const view of views) {
      await showView(page, view);
      if (view === 'Doctor') await page.getByText(/\d+ good, \d+ worth a look/).waitFor(long);
      const cut = await cutOff(page);
      if (cut.length > 0) found[view] = cut;
    }
    expect(found).toEqual({});
  });

  it('complained about nothing', () => expect(desk.complaints).toEqual([]));
});
