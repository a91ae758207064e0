import { spawnSync } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMidiFile } from '../../main/midi/readMidi.ts';
import { childrenOf } from '../fault/childrenOf.ts';
import { seriousFindings } from './support/accessibility.ts';
import { browserDesk, type BrowserDesk } from './support/browserDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { analyse, position, showView } from './support/flow.ts';
import { fakeMidi, sentMessages } from './support/fakeMidi.ts';
import { holdBefore, type Hold } from './support/heldWindow.ts';
import { recording, recordingPage } from './support/recordOutput.ts';
import { chromium, leftOut } from './support/requirement.ts';
import { largestDifference, samplesOf } from './support/samples.ts';
import { signal } from './support/signal.ts';
import { placeInSession, sessionStart } from './support/sessionSong.ts';

const missing = chromium === null ? 'There is no Chromium here (install one, or name it in CHROMIUM).' : null;
const stems = ['bass', 'drums', 'other', 'vocals'] as const;
const patience = { timeout: 60_000 };

describe.skipIf(leftOut(missing))('stems and notes in a browser', () => {
  let home: DeskHome;
  let desk: BrowserDesk;
  /** A second window, in which the song is not whole yet. */
  let early: Page;
  let held: Hold;
  /** Notes before anything was edited. */
  let transcribed = 0;
  const roll = () => desk.page.getByRole('application', { name: /Piano roll/ });
  const status = () => desk.page.locator('.view-notes').getByRole('status');

  const decisions = (...flags: readonly string[]) =>
    spawnSync(process.execPath, ['bin/sonidesk.mjs', 'decisions', home.song, ...flags], {
      env: home.env,
      encoding: 'utf8',
    });

  beforeAll(async () => {
    home = await deskHome();
    await placeInSession(home.song);
    desk = await browserDesk(home, [home.song]);
    await desk.page.getByRole('heading', { name: 'First Song' }).waitFor(patience);
    // What was heard is there when the song has been read; until then the job under way is another.
    const chips = desk.page.getByRole('list', { name: 'What was heard', exact: true });
    await chips.getByText(/bpm$/).waitFor(patience);
    early = await recordingPage(desk.page.context().browser()!, desk.address, async (page) => {
      held = await holdBefore(page, /"preview":false/);
    });
    await early.getByRole('heading', { name: 'First Song' }).waitFor(patience);
    await analyse(desk.page);
    await showView(desk.page, 'Stems');
    await desk.page.getByText('Residual −∞ dBFS').waitFor(patience);
  });
  afterAll(async () => {
    await desk.close();
    await home.remove();
  });

  it('lets the first ten seconds be heard while the rest is computed; nothing stops when it comes', async () => {
    await showView(early, 'Stems');
    await early.getByText('The first seconds are ready; the rest is being computed.').waitFor(patience);
    expect(await early.getByRole('button', { name: 'Export…' }).isDisabled()).toBe(true);
    expect(await early.getByRole('link', { name: /^Drag/ }).count()).toBe(0);
    const heard = (time: string) =>
      early.waitForFunction(
        (wanted) => (document.querySelector('.position')?.textContent ?? '') > wanted,
        time,
        patience,
      );
    await early.getByRole('button', { name: 'Play', exact: true }).click();
    await heard('0:01');
    await early.keyboard.press(' ');
    const { planes } = await samplesOf(home.song);
    expect((await recording(early, planes[0]!, 44_100)).matched).toBeGreaterThan(0.3);
    // What was set stays with its stem, and the music goes on; round and round, as nobody knows how long this takes.
    await early.getByRole('button', { name: 'Mute Other' }).click();
    await early.keyboard.press('b');
    await early.keyboard.press(' ');
    held.release();
    await early.getByText('Residual −∞ dBFS').waitFor(patience);
    await heard('0:02');
    await early.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    expect(await early.getByRole('button', { name: 'Mute Other', pressed: true }).count()).toBe(1);
    expect(await early.getByRole('button', { name: /^Mute/, pressed: true }).count()).toBe(1);
    await early.context().close();
  });

  it('chooses, solos, mutes, loops and seeks by keyboard', async () => {
    const { page } = desk;
    const lane = (name: string) => page.getByRole('group', { name, exact: true });
    const second = (await page.locator('.lane-name').nth(1).textContent())!;
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => lane(second).getAttribute('data-current'), patience).toBe('');
    await page.keyboard.press('s');
    await page.getByRole('button', { name: `Solo ${second}`, pressed: true }).waitFor();
    await page.keyboard.press('s');
    await page.keyboard.press('m');
    await page.getByRole('button', { name: `Mute ${second}`, pressed: true }).waitFor();
    await page.keyboard.press('m');
    // A loop over what is in view: the end is followed by its beginning.
    for (let times = 0; times < 6; times++) await page.keyboard.press('+');
    await page.keyboard.press('b');
    await page.getByRole('button', { name: 'Loop', pressed: true }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('l');
    await expect.poll(() => position(page), patience).toBeLessThan(11);
    await page.keyboard.press('k');
    await page.keyboard.press('b');
    await page.keyboard.press('0');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => position(page), patience).toBe(5);
    await page.keyboard.press('j');
    await expect.poll(() => position(page), patience).toBe(0);
  });

  it('shows spectrograms, computed away from the window itself', async () => {
    const { page } = desk;
    await page.keyboard.press('g');
    const picture = page.getByRole('img', { name: 'Spectrogram of Drums' });
    await expect.poll(() => coloursIn(picture), patience).toBeGreaterThan(20);
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('g');
    await page.getByRole('img', { name: 'Waveform of Drums' }).waitFor();
  });

  it('lets stems be dragged out and downloaded: they add up to the song, at their place in the session', async () => {
    const { page } = desk;
    const sources = await samplesOf(home.song);
    const sums = sources.planes.map((plane) => new Float64Array(plane.length));
    for (const stem of stems) {
      const handle = page.getByRole('link', { name: new RegExp(`^Drag ${stem}`, 'i') });
      const [type, name, url] = await draggedAddress(handle);
      expect([type, name]).toEqual(['audio/wav', `First Song - ${stem}.wav`]);
      const file = join(home.home, name!);
      await writeFile(file, await fetched(page, url!));
      const { planes, timeReference } = await samplesOf(file);
      expect(timeReference).toBe(sessionStart);
      for (const [channel, plane] of planes.entries()) {
        for (let frame = 0; frame < plane.length; frame++) sums[channel]![frame]! += plane[frame]!;
      }
    }
    expect(largestDifference(sources.planes, sums)).toBeLessThan(1e-6);
    // By keyboard it is a download.
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /^Drag Bass/ }).press('Enter');
    const saved = await (await download).path();
    const same = (await readFile(saved)).equals(await readFile(join(home.home, 'First Song - bass.wav')));
    expect(same).toBe(true);
  });

  it('exports chosen stems as FLAC, bit for bit, by keyboard alone', async () => {
    const { page } = desk;
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export' });
    await dialog.getByRole('textbox', { name: 'Folder' }).fill(home.exports);
    await dialog.getByRole('checkbox', { name: 'Vocals' }).press(' ');
    await dialog.getByRole('radio', { name: /^BWF 32-bit/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => dialog.getByRole('radio', { name: /^FLAC/ }).isChecked()).toBe(true);
    await dialog.getByRole('checkbox', { name: 'A MIDI file for each stem, too' }).press(' ');
    expect(await seriousFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Export' }).press('Enter');
    await dialog.getByRole('listitem').nth(3).waitFor(patience);
    await page.keyboard.press('Escape');
    const files = await readdir(home.exports);
    for (const stem of ['bass', 'drums', 'other']) {
      const written = await samplesOf(join(home.exports, `First Song - ${stem}.flac`));
      const whole = await samplesOf(join(home.home, `First Song - ${stem}.wav`));
      expect(largestDifference(written.planes, whole.planes.map(in24Bits))).toBe(0);
      const bytes = await readFile(join(home.exports, `First Song - ${stem}.flac`));
      expect(bytes.includes(`TIME_REFERENCE=${sessionStart}`)).toBe(true);
    }
    // By a reader that is not ours, too: what was dragged out, and what was exported.
    const bass = ['wav', 'flac'].map((ending) =>
      join(ending === 'wav' ? home.home : home.exports, `First Song - bass.${ending}`),
    );
    for (const file of bass) {
      const { planes } = await samplesOf(file);
      const decoded = await decodedBy(page, file);
      expect(decoded.frames).toBe(planes[0]!.length);
      expect(largestDifference(planes.map(everyThirteenth), decoded.planes)).toBe(0);
    }
    expect(files).not.toContain('First Song - vocals.flac');
    expect(files).toContain('First Song.mid');
    expect(files.filter((name) => name.endsWith('.mid')).length).toBeGreaterThan(1);
  });

  it('edits notes by keyboard alone: choose, move, lengthen, velocity, add, remove, quantise', async () => {
    const { page } = desk;
    await showView(page, 'MIDI');
    await page.keyboard.press('Home');
    await page.getByRole('slider', { name: /Hide notes/ }).press('Home');
    await expect.poll(() => status().textContent(), patience).toMatch(/^([1-9]\d*) of \1 notes$/);
    const all = Number(/of (\d+)/.exec((await status().textContent())!)![1]);
    transcribed = all;
    await roll().focus();
    await page.keyboard.press('.');
    await expect.poll(() => status().textContent(), patience).toMatch(/^1 chosen: /);
    const before = chosenNote((await status().textContent())!);
    await page.keyboard.press('ArrowUp');
    await expect
      .poll(async () => chosenNote((await status().textContent())!).name, patience)
      .not.toBe(before.name);
    await page.keyboard.press('Control+ArrowUp');
    await expect
      .poll(async () => chosenNote((await status().textContent())!).velocity, patience)
      .toBe(Math.min(127, before.velocity + 5));
    const length = async () => {
      const notes = await draggedNotes(page);
      return notes.reduce((sum, { onset, offset }) => sum + offset - onset, 0);
    };
    const shorter = await length();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(length, patience).toBeGreaterThan(shorter + 0.005);
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await expect.poll(() => status().textContent(), patience).toBe(`${all + 1} of ${all + 1} notes`);
    await page.keyboard.press('Control+a');
    await expect.poll(() => status().textContent(), patience).toBe(`${all + 1} chosen`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Quantise' }).press('Enter');
    // The song's beats are half a second apart: sixteenths are an eighth of one.
    await expect
      .poll(async () => {
        const onsets = (await draggedNotes(page)).map(({ onset }) => onset % 0.125);
        return Math.max(...onsets.map((late) => Math.min(late, 0.125 - late)));
      }, patience)
      .toBeLessThan(0.02);
    await page.getByLabel('Colour of the notes').selectOption('confidence');
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('undoes the edits after a restart, too', async () => {
    await desk.close();
    desk = await browserDesk(home);
    const { page } = desk;
    await page.getByRole('heading', { name: 'First Song' }).waitFor(patience);
    await showView(page, 'MIDI');
    const undo = page.getByRole('button', { name: 'Undo' });
    const redo = page.getByRole('button', { name: 'Redo' });
    await expect.poll(() => undo.isEnabled(), patience).toBe(true);
    await page.getByRole('slider', { name: /Hide notes/ }).press('Home');
    await expect
      .poll(() => status().textContent(), patience)
      .toBe(`${transcribed + 1} of ${transcribed + 1} notes`);
    const edited = await draggedNotes(page);
    // Move, velocity, length, a new note, quantise.
    for (let times = 0; times < 5; times++) await page.keyboard.press('Control+z');
    await expect.poll(() => undo.isEnabled(), patience).toBe(false);
    const original = await draggedNotes(page);
    expect(original).not.toEqual(edited);
    await expect.poll(() => status().textContent(), patience).toBe(`${transcribed} of ${transcribed} notes`);
    for (let times = 0; times < 5; times++) await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => redo.isEnabled(), patience).toBe(false);
    expect(await draggedNotes(page)).toEqual(edited);
  });

  it('shares the history of the notes with the command line, and follows it', async () => {
    const { page } = desk;
    const undo = page.getByRole('button', { name: 'Undo' });
    const { stdout } = decisions();
    // Move, velocity, length, quantise are changes; a new note is not.
    expect(stdout.match(/^applied\s+notes\s+\d+ notes? changed$/gm)).toHaveLength(4);
    expect(stdout).toMatch(/^applied\s+notes\s+1 note added to \w+$/m);
    for (let times = 0; times < 5; times++) expect(decisions('--undo').status).toBe(0);
    await expect.poll(() => status().textContent(), patience).toBe(`${transcribed} of ${transcribed} notes`);
    await expect.poll(() => undo.isEnabled(), patience).toBe(false);
    expect(decisions('--undo').stderr).toContain('There is nothing to undo.');
    expect(decisions('--redo', '--about', 'notes').status).toBe(0);
    await expect.poll(() => undo.isEnabled(), patience).toBe(true);
    await page.keyboard.press('Control+z');
    await expect.poll(() => undo.isEnabled(), patience).toBe(false);
    expect(decisions().stdout).not.toContain('applied');
  });

  it('plays the notes on a MIDI port, every stroke with its end', async () => {
    const context = await desk.page
      .context()
      .browser()!
      .newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    await fakeMidi(page);
    await page.goto(desk.address);
    await page.getByRole('heading', { name: 'First Song' }).waitFor(patience);
    await showView(page, 'MIDI');
    await page.keyboard.press('Home');
    await page.getByLabel('Play the notes on').selectOption('ask');
    await page.getByLabel('Play the notes on').selectOption({ label: 'Test Synth' });
    await page.getByRole('button', { name: 'Listen to the notes', pressed: true }).waitFor();
    await page.keyboard.press(' ');
    const notes = await draggedNotes(page);
    const strokes = async () =>
      (await sentMessages(page)).filter(({ bytes: [kind = 0] }) => (kind & 0xf0) === 0x90);
    await expect.poll(async () => (await strokes()).length, patience).toBeGreaterThanOrEqual(4);
    await page.keyboard.press(' ');
    const heard = (await strokes()).slice(0, 4);
    const pitches = new Set(notes.map(({ pitch }) => pitch));
    for (const { bytes } of heard) expect(pitches).toContain(bytes[1]);
    // Every stroke is given with its end: a note that hangs would sound for ever.
    const messages = await sentMessages(page);
    for (const { bytes, at } of heard) {
      const [kind = 0, pitch] = bytes;
      const end = messages.find(
        (other) => other.bytes[0] === kind - 0x10 && other.bytes[1] === pitch && other.at > at,
      );
      expect(end).toBeDefined();
    }
    await context.close();
  });

  it('cancels a job whose model does not answer, and does it when asked again', async () => {
    const { page } = desk;
    const second = join(home.home, 'Second Song.wav');
    await writeFile(second, await readFile(join(home.home, 'First Song - other.wav')));
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Control+o');
    await (await chooser).setFiles(second);
    await page.getByRole('heading', { name: 'Second Song' }).waitFor(patience);
    await page.locator('.song-header').getByRole('button', { name: 'Analyse…' }).waitFor(patience);
    // Stopped in its tracks: whatever is asked of it does not end by itself.
    const hosts = () => childrenOf(desk.server.pid!, 'inference-host');
    await expect.poll(() => hosts().length, patience).toBeGreaterThan(0);
    for (const pid of hosts()) signal(pid, 'SIGSTOP');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).press('Enter');
    await showView(page, 'Jobs');
    const job = page.getByRole('listitem', { name: 'Second Song' }).filter({ hasText: 'Stems' });
    await job.getByText('Running', { exact: true }).waitFor(patience);
    await job.getByRole('button', { name: 'Cancel' }).press('Enter');
    await job.getByText('Cancelled', { exact: true }).waitFor(patience);
    for (const pid of hosts()) signal(pid, 'SIGCONT');
    await job.getByRole('button', { name: 'Go on' }).press('Enter');
    await job.getByText('Done', { exact: true }).waitFor({ timeout: 120_000 });
  });

  it('broke no rule of its own policy on the way', () => expect(desk.complaints).toEqual([]));
});

/** Rounded to the nearest step of 24 bits, and cut where they end. */
const in24Bits = (plane: Float32Array): Float64Array =>
  Float64Array.from(plane, (sample) => {
    const step = Math.trunc(sample * 2 ** 23 + Math.sign(sample) * 0.5);
    return Math.max(-(2 ** 23), Math.min(2 ** 23 - 1, step)) / 2 ** 23;
  });

/** How many colours a canvas shows, looked at here and there. */
const coloursIn = (picture: Locator): Promise<number> =>
  picture.evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let at = 0; at < data.length; at += 4 * 97)
      seen.add((data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!);
    return seen.size;
  });

/** What a drag from a handle offers to whoever it is dropped on: type, name and address. */
async function draggedAddress(handle: Locator): Promise<string[]> {
  const offered = await handle.evaluate((element) => {
    const dataTransfer = new DataTransfer();
    element.dispatchEvent(new DragEvent('dragstart', { bubbles: true, dataTransfer }));
    return dataTransfer.getData('DownloadURL');
  });
  const [type = '', name = '', ...url] = offered.split(':');
  return [type, name, url.join(':')];
}

/** By the browser itself, with its cookie. */
async function fetched(page: Page, url: string): Promise<Buffer> {
  const answer = await page.context().request.get(url);
  expect(answer.status()).toBe(200);
  return await answer.body();
}

const everyThirteenth = (plane: Float32Array): Float32Array => plane.filter((_, frame) => frame % 13 === 0);

/** A file as the browser's own decoder reads it: its length and every thirteenth frame. */
async function decodedBy(page: Page, file: string): Promise<{ frames: number; planes: number[][] }> {
  return await page.evaluate(
    async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const context = new OfflineAudioContext({ length: 1, sampleRate: 44_100 });
      const decoded = await context.decodeAudioData(bytes.buffer);
      const planes = Array.from({ length: decoded.numberOfChannels }, (_, channel) =>
        Array.from(decoded.getChannelData(channel)).filter((_sample, frame) => frame % 13 === 0),
      );
      return { frames: decoded.length, planes };
    },
    (await readFile(file)).toString('base64'),
  );
}

/** The notes as a DAW gets them: of the MIDI file that is dragged out. */
async function draggedNotes(page: Page) {
  const [type, name, url] = await draggedAddress(page.getByRole('link', { name: 'Drag MIDI out' }));
  expect([type, name]).toEqual(['audio/midi', 'First Song.mid']);
  const { tracks } = parseMidiFile(await fetched(page, url!), basename(name!));
  return tracks.flatMap(({ notes }) => notes).toSorted((a, b) => a.onset - b.onset || a.pitch - b.pitch);
}

function chosenNote(text: string): { name: string; velocity: number } {
  const [, name = '', velocity = ''] = /^1 chosen: (.+), velocity (\d+)/.exec(text) ?? [];
  return { name, velocity: Number(velocity) };
}
