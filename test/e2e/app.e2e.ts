import { readFile, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testElectron } from '../../main/tooling/electron.mjs';
import { appDesk, enginePids, type AppDesk } from './support/appDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { analyse, position, showView } from './support/flow.ts';
import { display, leftOut } from './support/requirement.ts';

const missing = display === null ? 'Electron needs a display: run it under xvfb-run.' : null;

describe.skipIf(leftOut(missing))('the app in a real Electron', () => {
  let home: DeskHome;
  let desk: AppDesk;

  beforeAll(async () => {
    const electron = await testElectron();
    home = await deskHome();
    desk = await appDesk(home, electron, [home.song]);
  });
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });

  it('opens the file that it was started with', async () => {
    await desk.page.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 60_000 });
    const chips = desk.page.getByRole('list', { name: 'What was heard' });
    await expect.poll(() => chips.textContent(), { timeout: 60_000 }).toContain('120 bpm');
  });

  it('separates, transcribes, plans the mix, and plays', async () => {
    const { page } = desk;
    await analyse(page);
    await showView(page, 'Stems');
    await page.getByText('The stems add up to the song exactly.').waitFor();
    await page.keyboard.press(' ');
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(0.5);
    await page.keyboard.press(' ');
    await showView(page, 'MIDI');
    await page.getByText(/\d+ of \d+ notes/).waitFor();
  });

  it('exports to a folder of the user', async () => {
    const { app, page } = desk;
    // The system's dialog cannot be driven; what it answers can be.
    await app.evaluate(({ dialog }, folder) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [folder] });
    }, home.exports);
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('button', { name: 'Choose…' }).click();
    await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe(home.exports);
    await dialog.getByRole('button', { name: 'Export' }).click();
    await dialog.getByRole('listitem').nth(4).waitFor({ timeout: 60_000 });
    await page.keyboard.press('Escape');
    expect(await readdir(home.exports)).toHaveLength(5);
  });

  it('hands the system a file when a stem or the notes are dragged out of the window', async () => {
    const { app, page } = desk;
    // Without a desktop nobody takes what is dragged; what would be given is kept.
    await app.evaluate(({ BrowserWindow }) => {
      const keeper = globalThis as unknown as { dragged: string[] };
      keeper.dragged = [];
      for (const { webContents } of BrowserWindow.getAllWindows()) {
        webContents.startDrag = ({ file }) => void keeper.dragged.push(file);
      }
    });
    const dragged = () => app.evaluate(() => (globalThis as unknown as { dragged: string[] }).dragged);
    const drag = async (title: string) => {
      await page.getByTitle(title).hover();
      await page.mouse.down();
      await page.mouse.move(700, 400, { steps: 4 });
      await page.mouse.up();
    };
    await showView(page, 'Stems');
    await drag('Drag Drums into your DAW');
    await expect.poll(async () => (await dragged()).length, { timeout: 60_000 }).toBe(1);
    await showView(page, 'MIDI');
    await drag('Drag MIDI out');
    await expect.poll(async () => (await dragged()).length, { timeout: 60_000 }).toBe(2);
    const files = await dragged();
    expect(files.map((file) => basename(file))).toEqual(['First Song - drums.wav', 'First Song.mid']);
    const heads = await Promise.all(
      files.map(async (file) => (await readFile(file)).toString('latin1', 0, 4)),
    );
    expect(heads).toEqual(['RIFF', 'MThd']);
  });

  it('survives the death of the engine: it is started again, everything is there', async () => {
    const { app, page } = desk;
    const [pid] = await enginePids(app);
    process.kill(pid!, 'SIGKILL');
    await expect.poll(() => enginePids(app), { timeout: 30_000 }).not.toContain(pid);
    await expect.poll(async () => (await enginePids(app)).length, { timeout: 30_000 }).toBe(1);
    await page.getByRole('alert').waitFor({ state: 'detached', timeout: 30_000 });
    await showView(page, 'Stems');
    await page.getByText('The stems add up to the song exactly.').waitFor();
    // The media have new names now; they play.
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(0.3);
    await page.keyboard.press(' ');
  });

  it('grows to 200 % and back, by keyboard, and everything stays inside', async () => {
    const { page } = desk;
    const width = () => page.evaluate(() => innerWidth);
    const usual = await width();
    await page.getByRole('button', { name: 'Preferences' }).press('Enter');
    const size = page.getByRole('dialog', { name: 'Preferences' }).getByRole('slider', { name: 'Size' });
    await size.press('End');
    await expect.poll(width, { timeout: 30_000 }).toBeLessThanOrEqual(usual / 2 + 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await size.press('Home');
    await expect.poll(width, { timeout: 30_000 }).toBe(usual);
    await page.keyboard.press('Escape');
  });

  it('gives its page one frozen object and nothing of Node', async () => {
    const seen = await desk.page.evaluate(() => {
      const world = globalThis as unknown as Record<string, unknown>;
      const shell = world['sonidesk'] as Record<string, unknown>;
      const before = shell['pathOf'];
      try {
        shell['pathOf'] = null;
      } catch {
        // Strict code is told; either way nothing may have changed.
      }
      return {
        node: ['require', 'process', 'Buffer', 'module', 'electron'].filter((name) => name in world),
        frozen: Object.isFrozen(shell) && (world['sonidesk'] as typeof shell)['pathOf'] === before,
        names: Object.keys(shell).sort(),
      };
    });
    expect(seen.node).toEqual([]);
    expect(seen.frozen).toBe(true);
    expect(seen.names).toEqual([
      'chooseFiles',
      'chooseFolder',
      'connect',
      'dragOut',
      'notify',
      'onOpenFiles',
      'pathOf',
      'platform',
      'setScale',
      'showFile',
      'showProgress',
    ]);
  });

  it('runs its page in a sandbox, in a world of its own', async () => {
    const preferences = await desk.app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    });
  });

  it('hands out its own page and media only: by GET, in ranges, under a strict policy', async () => {
    const answers = await desk.page.evaluate(async () => {
      const ask = async (path: string, init?: RequestInit) => {
        try {
          const answer = await fetch(path, init);
          return { status: answer.status, policy: answer.headers.get('content-security-policy') };
        } catch (thrown) {
          return { status: 0, policy: String(thrown) };
        }
      };
      return {
        page: await ask('/'),
        other: await ask('/package.json'),
        climbing: await ask('/%2e%2e/%2e%2e/package.json'),
        encoded: await ask('/media/..%2f..%2f..%2fetc%2fpasswd'),
        medium: await ask('/media/00000000'),
        post: await ask('/', { method: 'POST' }),
        outside: await ask('https://example.com/'),
        loopback: await ask('http://127.0.0.1:1/'),
        file: await ask('file:///etc/passwd'),
      };
    });
    expect(answers.page.status).toBe(200);
    expect(answers.page.policy).toContain("default-src 'none'");
    expect(answers.page.policy).not.toMatch(/unsafe|\*/);
    for (const refused of [answers.other, answers.climbing, answers.encoded, answers.medium]) {
      expect(refused.status).toBe(404);
    }
    expect(answers.post.status).toBe(405);
    for (const outside of [answers.outside, answers.loopback, answers.file]) expect(outside.status).toBe(0);
  });

  it('goes nowhere else, opens no windows and grants no permissions', async () => {
    const { app, page } = desk;
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await page.evaluate(() => window.open('https://example.com/'));
    const microphone = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        (error: Error) => error.name,
      ),
    );
    expect(microphone).not.toBe('granted');
    // Notes may go to a MIDI port; system-exclusive messages, which can rewrite an instrument, may not.
    const [notes, exclusive] = await page.evaluate(() =>
      Promise.all(
        [false, true].map(async (sysex) => {
          const { state } = await navigator.permissions.query({
            name: 'midi',
            sysex,
          } as unknown as PermissionDescriptor);
          return state;
        }),
      ),
    );
    expect([notes, exclusive]).toEqual(['granted', 'denied']);
    expect(page.url()).toBe('app://sonidesk/');
    expect(app.windows()).toHaveLength(1);
  });

  it('does not hear messages that are not as agreed', async () => {
    const before = await enginePids(desk.app);
    await desk.app.evaluate(({ ipcMain }) => {
      const event = { senderFrame: { parent: null, url: 'https://example.com/' }, sender: null };
      ipcMain.emit('connect', event);
      ipcMain.emit('show-progress', event, 'much');
    });
    expect(await enginePids(desk.app)).toEqual(before);
  });

  it('keeps working while its window is closed and shows everything when it comes back', async () => {
    const { app } = desk;
    const [before] = await enginePids(app);
    const again = app.waitForEvent('window');
    await app.evaluate(({ app: electron, BrowserWindow }) => {
      // As on a system where programs live without a window, or while jobs run.
      electron.removeAllListeners('window-all-closed');
      electron.on('window-all-closed', () => undefined);
      for (const window of BrowserWindow.getAllWindows()) window.close();
    });
    await expect.poll(() => app.windows().length).toBe(0);
    await app.evaluate(({ app: electron }) => {
      electron.emit('activate');
    });
    const page = await again;
    await page.getByRole('heading', { name: 'First Song' }).waitFor();
    expect(await enginePids(app)).toEqual([before]);
  });

  it('complained about nothing but the requests that were refused on purpose', () => {
    const unexpected = desk.complaints.filter(
      (text) => !/Failed to load resource|Content Security Policy|Fetch API cannot load|ERR_/.test(text),
    );
    expect(unexpected).toEqual([]);
  });
});
