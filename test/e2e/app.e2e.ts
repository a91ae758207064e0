import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appDesk, enginePids, type AppDesk } from './support/appDesk.ts';
import { connectRecorder, type ConnectRecorder } from './support/connectRecorder.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { electronChecklist, rememberMedia } from './support/electronChecklist.ts';
import { analyse, position, showView } from './support/flow.ts';
import { packagedApp, type PackagedApp } from './support/packagedApp.ts';
import { display, leftOut } from './support/requirement.ts';

const missing =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'The packaged app is tested on Linux x64.'
    : display === null
      ? 'Electron needs a display: run it under xvfb-run.'
      : null;

describe.skipIf(leftOut(missing))('the packaged app', () => {
  let packaged: PackagedApp;
  let home: DeskHome;
  let desk: AppDesk;
  let network: ConnectRecorder;

  beforeAll(async () => {
    packaged = await packagedApp();
    home = await deskHome();
    network = connectRecorder(home.home);
    desk = await appDesk(home, packaged.drivable, [home.song], network.env);
    await rememberMedia(desk.page);
  }, 600_000);
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });

  it('opens the file that it was started with', async () => {
    await desk.page.getByRole('heading', { name: 'First Song' }).waitFor({ timeout: 60_000 });
    const chips = desk.page.getByRole('list', { name: 'What was heard', exact: true });
    await expect.poll(() => chips.textContent(), { timeout: 60_000 }).toContain('120 bpm');
  });

  it('separates, transcribes, plans the mix, and plays', async () => {
    const { page } = desk;
    await analyse(page);
    await showView(page, 'Stems');
    await page.getByText('The stems add up to the song exactly.').waitFor();
    await page.keyboard.press(' ');
    await expect.poll(() => position(page), { timeout: 60_000 }).toBeGreaterThan(0.5);
    await page.keyboard.press(' ');
    await showView(page, 'MIDI');
    await page.getByText(/\d+ of \d+ notes/).waitFor();
  }, 500_000);

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
    await dialog.getByRole('listitem').nth(4).waitFor({ timeout: 150_000 });
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
    await expect.poll(() => enginePids(app), { timeout: 60_000 }).not.toContain(pid);
    await expect.poll(async () => (await enginePids(app)).length, { timeout: 60_000 }).toBe(1);
    await page.getByRole('alert').waitFor({ state: 'detached', timeout: 60_000 });
    await showView(page, 'Stems');
    await page.getByText('The stems add up to the song exactly.').waitFor();
    // The media have new names now; they play.
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect.poll(() => position(page), { timeout: 60_000 }).toBeGreaterThan(0.3);
    await page.keyboard.press(' ');
  });

  it('grows to 200 % and back, by keyboard, and everything stays inside', async () => {
    const { page } = desk;
    const width = () => page.evaluate(() => innerWidth);
    const usual = await width();
    await page.getByRole('button', { name: 'Preferences' }).press('Enter');
    const size = page.getByRole('dialog', { name: 'Preferences' }).getByRole('slider', { name: 'Size' });
    await size.press('End');
    await expect.poll(width, { timeout: 60_000 }).toBeLessThanOrEqual(usual / 2 + 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await size.press('Home');
    await expect.poll(width, { timeout: 60_000 }).toBe(usual);
    await page.keyboard.press('Escape');
  });

  electronChecklist(() => desk);

  it('complained about nothing but the requests that were refused on purpose', () => {
    const unexpected = desk.complaints.filter(
      (text) => !/Failed to load resource|Content Security Policy|Fetch API cannot load|ERR_/.test(text),
    );
    expect(unexpected).toEqual([]);
  });

  it('has tried to reach nothing but this machine, whatever was done and asked of it', async () => {
    expect(network.attempts()).toEqual([]);
    // What watches it would have seen it, in the shell's own code and in Chromium's network process.
    await desk.app.evaluate(async ({ session }) => {
      const { connect } = process.getBuiltinModule('node:net');
      await new Promise((resolve) => connect(9, '192.0.2.1').on('error', resolve));
      await session
        .fromPartition('unguarded')
        .fetch('http://192.0.2.2/')
        .catch(() => undefined);
    });
    expect(network.attempts()).toEqual(expect.arrayContaining(['connect 192.0.2.1', 'connect 192.0.2.2']));
  });

  it('has the fuses that forge.config.ts asks for', async () => {
    const wire = await getCurrentFuseWire(packaged.executable);
    const found = Object.entries(FuseV1Options).flatMap(([name, fuse]) => {
      const state = typeof fuse === 'number' ? wire[fuse] : undefined;
      const known = state === FuseState.ENABLE || state === FuseState.DISABLE;
      return known ? [[name, state === FuseState.ENABLE]] : [];
    });
    expect(Object.fromEntries(found)).toMatchObject({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      GrantFileProtocolExtraPrivileges: false,
    });
  });

  it('cannot be made to run other code: neither as Node, nor by NODE_OPTIONS', async () => {
    await desk.close();
    const trace = join(home.home, 'trace');
    const script = join(home.home, 'other.cjs');
    await writeFile(script, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, process.type ?? '')`);
    const record = join(home.home, 'songs');
    await rm(record, { recursive: true });
    const app = spawn(
      packaged.executable,
      [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${join(home.home, 'as-shipped')}`,
        home.song,
      ],
      {
        env: { ...home.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: `--require ${script}` },
        stdio: 'ignore',
      },
    );
    const ended = once(app, 'exit');
    // Its fuses keep a debugger out; it is seen by what it does: it is the app, and opens the song by its own engine.
    await expect.poll(() => wasHeard(record), { timeout: 150_000, interval: 500 }).toBe(true);
    expect(existsSync(trace)).toBe(false);
    app.kill('SIGTERM');
    await ended;
  });
});

/** Whether the engine has found the tempo of a song. */
async function wasHeard(record: string): Promise<boolean> {
  const names = await readdir(record).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(record, name, 'song.json'), 'utf8').catch(() => '')),
  );
  return texts.some((text) => text.includes('"bpm":'));
}
