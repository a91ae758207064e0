import { copyFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { control } from '../../main/contracts/control.ts';
import type { Song } from '../../main/contracts/desk.ts';
import type { Studio } from '../../main/contracts/studio.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import type { Client } from '../../main/rpc/client.ts';
import { testElectron } from '../../main/tooling/electron.mjs';
import { decodeMessage } from '../../plugin-bridge/protocol/messages.ts';
import { decodeNoteEvents } from '../../plugin-bridge/protocol/noteEvents.ts';
import { connectControl } from '../../plugin-bridge/server/control/controlSocket.ts';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';
import { seriousFindings } from './support/accessibility.ts';
import { appDesk, type AppDesk } from './support/appDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { dropFiles } from './support/dropFiles.ts';
import { showView } from './support/flow.ts';
import { hostRate, notesAt, PlayingHost } from './support/playingHost.ts';
import { display, leftOut } from './support/requirement.ts';
import { largestDifference, samplesOf } from './support/samples.ts';

const missing = display === null ? 'Electron needs a display: run it under xvfb-run.' : null;
/** In seconds; the timeline shows a minute from the start. */
const longestRoll = 45;
/** Long for what takes a moment: the machine may be busy. */
const soon = { timeout: 60_000 };
const long = { timeout: 150_000 };

/** The app in a real Electron with two plugins on the real socket: what a producer does with a session in the DAW. */
describe.skipIf(leftOut(missing))('the live session of a DAW in the window', () => {
  let home: DeskHome;
  let desk: AppDesk;
  let host: PlayingHost;
  let app: Client<typeof control>;
  /** Where the first pass ended, in seconds. */
  let end = 0;

  const connect = (name: string, slot: number) =>
    SimulatedPlugin.connect(home.env['SONIDESK_BRIDGE']!, { name, slot, host: 'Ardour', format: 'LV2' });

  beforeAll(async () => {
    const electron = await testElectron();
    home = await deskHome();
    desk = await appDesk(home, electron);
    desk.page.setDefaultTimeout(60_000);
    // Colours are judged as they stay, not on their way.
    await desk.page.emulateMedia({ reducedMotion: 'reduce' });
    await desk.page.getByRole('button', { name: 'Live session' }).waitFor(long);
    app = await connectControl(home.env['SONIDESK_BRIDGE']);
    host = new PlayingHost(await connect('Bass', 1), await connect('Drums', 2));
  });
  afterAll(async () => {
    host[Symbol.dispose]();
    app.close();
    await desk.close();
    await home.remove();
  });

  const track = (name: string) => desk.page.getByRole('group', { name, exact: true });
  const liveSession = () => desk.page.getByRole('button', { name: 'Live session' }).click();
  const noPackets = () => {
    for (const plugin of [host.bass, host.drums]) plugin.received.length = 0;
  };

  /** Columns of the lanes' canvas, right of the heads, in which a track's clip is seen. */
  const drawnColumns = () =>
    desk.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.studio-canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 38, canvas.width, 1);
      return data.filter((value, at) => at % 4 === 3 && value > 200).length;
    });
  /** Rows in which a meter is green, yellow or red; its well is grey. */
  const glowingRows = () =>
    desk.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.studio-moving')!;
      const { data } = canvas.getContext('2d')!.getImageData(2, 0, 1, canvas.height);
      let rows = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(at, at + 4);
        if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 50) rows++;
      }
      return rows;
    });

  /** The song that was opened last, as the engine tells of it, once it is as wanted. */
  const lastSong = (isWanted = (_song: Song) => true) =>
    new Promise<Song>((resolve) => {
      const topic = app.subscribe('songs', ({ songs }) => {
        const [last] = songs.toSorted((a, b) => b.opened - a.opened);
        if (last === undefined || !isWanted(last)) return;
        resolve(last);
        topic.close();
      });
    });

  const liveTracks = () =>
    new Promise<Studio['tracks']>((resolve) => {
      const topic = app.subscribe('studio', ({ tracks }) => {
        resolve(tracks);
        topic.close();
      });
    });
  /** How much of the host's timeline is in view: whole steps of half a minute. */
  const shownSeconds = () => Math.max(60, Math.ceil((end + 10) / 30) * 30);

  /** Starts everything for the chosen tracks and waits until it is done. */
  async function analyseChosen(count: number): Promise<Song> {
    const { page } = desk;
    await page.getByRole('button', { name: `Analyse ${count}…` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    const song = await lastSong(({ inputs, mix }) => inputs.length === count && mix !== null);
    await page.locator('.song-header').getByRole('button', { name: 'Analyse…' }).waitFor(long);
    return song;
  }

  it('shows plugins that connect as tracks with name, slot and state', async () => {
    await track('Bass').getByText('Connected · Ardour · LV2 · 48 kHz').waitFor();
    await track('Drums').getByText('Connected').waitFor();
    expect(await track('Drums').locator('.studio-slot').textContent()).toBe('2');
    await desk.page.getByText('2 tracks connected').waitFor();
  });

  it('shows what is captured while it is captured, levels, and where the host is', async () => {
    // Twice as fast as real time, for as long as it is looked at: without sound a take would end.
    const watched = new AbortController();
    const rolling = (async () => {
      for (; !watched.signal.aborted && end < longestRoll; end += 0.5) {
        await host.play(end, end + 0.5);
        await sleep(250);
      }
    })();
    await track('Bass').getByText('Capturing').waitFor();
    // Drawn from what the engine tells, before any file is there.
    await expect.poll(drawnColumns, soon).toBeGreaterThan(20);
    const first = await drawnColumns();
    await expect.poll(drawnColumns, soon).toBeGreaterThan(first);
    await expect.poll(glowingRows, soon).toBeGreaterThan(20);
    const clock = desk.page.getByRole('timer', { name: 'Position of the host' });
    await expect.poll(() => clock.textContent(), soon).toMatch(/^0:\d\d\.\d · bar \d+, .*120 bpm$/);
    watched.abort();
    await rolling;
    // Long enough for the pass that follows to lie inside.
    if (end < 6) await host.play(end, 6);
    end = Math.max(end, 6);
    host.stop(end);
  });

  it('keeps loop passes as takes of their own, tells the loop, and how much was lost', async () => {
    await track('Bass').getByText('Connected').waitFor();
    host.bassGain = 0.5;
    host.looping = true;
    await host.play(3, 3.5);
    await host.loseDrums(3.5, 3.75);
    await host.play(3.75, 4);
    await host.play(3, 3.25);
    const clock = desk.page.getByRole('timer', { name: 'Position of the host' });
    await expect.poll(() => clock.textContent(), soon).toContain('loop 0:03.0 to 0:04.0');
    host.stop(3.25);
    await track('Drums').getByRole('button', { name: '3 takes' }).click();
    await track('Drums')
      .getByText(/^Take 2 · 0:03\.0 · 0:01\.0 · 1 gap \(0\.25 s\)$/)
      .waitFor();
    await track('Drums').getByRole('button', { name: '3 takes' }).click();
    await track('Bass').getByRole('button', { name: '3 takes' }).click();
    for (const facts of [
      /^Take 3 · 0:03\.0 · 0:00\.3$/,
      /^Take 2 · 0:03\.0 · 0:01\.0$/,
      /^Take 1 · 0:00\.0 · /,
    ])
      await track('Bass').getByText(facts).waitFor();
    expect(await track('Bass').locator('.studio-take').count()).toBe(3);
  });

  it('plays the takes that are chosen by hand: by drawing over them or by typing, with undo', async () => {
    const { page } = desk;
    const { takes, comp } = (await liveTracks())[0]!;
    const first = takes.at(-1)!;
    const heard = () => liveTracks().then(([bass]) => bass!.comp);
    expect(comp.map(({ takeId }) => takes.findIndex(({ id }) => id === takeId))).toEqual([2, 0, 1, 2]);
    const box = (await track('Bass').locator('.studio-swipe').nth(2).boundingBox())!;
    // A minute and more in the row: this is somewhere in the fourth second.
    const x = box.x + (3.35 / shownSeconds()) * box.width;
    await page.mouse.move(x, box.y + 10);
    await page.mouse.down();
    // Five pixels of a minute: less than half a second.
    await page.mouse.move(x + 5, box.y + 12, { steps: 5 });
    await page.mouse.up();
    const drawnAt = async () =>
      (await heard()).find(({ takeId, hostStart }) => takeId === first.id && hostStart > 3 * hostRate)
        ?.hostStart;
    await expect.poll(drawnAt, soon).toBeLessThan(4 * hostRate);
    await page.keyboard.press('Control+z');
    await expect.poll(heard, soon).toEqual(comp);
    await page.getByRole('button', { name: 'Choose it again' }).click();
    await expect.poll(heard, soon).not.toEqual(comp);
    await page.getByRole('button', { name: 'Use take 1 of Bass' }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Use it there' }).press('Enter');
    await expect.poll(async () => (await heard()).map(({ takeId }) => takeId), soon).toEqual([first.id]);
  });

  it('renames a track in its plugin', async () => {
    noPackets();
    const name = desk.page.getByRole('textbox', { name: 'Name of the track Bass' });
    await name.fill('Upright Bass');
    await name.press('Enter');
    const { payload } = await host.bass.next('assign');
    expect(decodeMessage('assign', payload).name).toBe('Upright Bass');
    await track('Upright Bass').waitFor();
  });

  it('sets markers where the host is', async () => {
    await desk.page.getByRole('button', { name: 'Set a marker' }).click();
    await desk.page.getByRole('button', { name: 'Markers…' }).click();
    const name = desk.page.getByRole('textbox', { name: 'Name of Marker 1' });
    await name.waitFor();
    expect(await name.inputValue()).toBe('Marker 1');
    await desk.page.keyboard.press('Escape');
  });

  it('has no serious accessibility finding', async () => {
    expect(await seriousFindings(desk.page)).toEqual([]);
  });

  it('separates what a track captured and returns stems and notes to its plugin', async () => {
    const { page } = desk;
    await track('Upright Bass').getByRole('checkbox', { name: 'Choose Upright Bass' }).check({ force: true });
    await analyseChosen(1);
    await page.getByRole('heading', { name: 'Upright Bass' }).waitFor();
    noPackets();
    await page.getByRole('button', { name: 'Return to DAW' }).click();
    await page.getByRole('menuitem', { name: 'Everything' }).click();
    const { stems } = decodeMessage('stems', (await host.bass.next('stems')).payload);
    expect(stems.map(({ stem }) => stem).sort()).toEqual(['bass', 'drums', 'other', 'vocals']);
    expect(stems.map(({ startFrame }) => startFrame)).toEqual([0, 0, 0, 0]);
    expect(decodeMessage('monitor', (await host.bass.next('monitor')).payload).source).toBe('stems');
    await host.bass.next('notes');
    await page.getByText(/Stems returned to Upright Bass\. MIDI returned to Upright Bass\./).waitFor();
    await liveSession();
    await track('Upright Bass').locator('.studio-given[data-held]').nth(1).waitFor();
  });

  it('sends the stems to the plugin of another track: the audio, to the bit', async () => {
    const { page } = desk;
    const song = await lastSong();
    await page.getByRole('button', { name: song.title }).first().click();
    await showView(page, 'Stems');
    noPackets();
    await page.getByRole('button', { name: 'Send to a track…' }).click();
    await page.getByRole('menuitem', { name: 'Drums' }).click();
    const { stems } = decodeMessage('stems', (await host.drums.next('stems')).payload);
    expect(decodeMessage('monitor', (await host.drums.next('monitor')).payload).source).toBe('stems');
    await page.getByText('Stems returned to Drums.').waitFor();
    // The same bits as the window's own export, and together what the other plugin had sent.
    const wish = { stems: true, encoding: 'float32', midi: false, minConfidence: 0, mix: false } as const;
    const files = await app.call('export', { songId: song.id, directory: home.exports, wish });
    const given = await Promise.all(stems.map(({ file }) => samplesOf(file)));
    const sum = given[0]!.planes.map((plane) => new Float64Array(plane.length));
    for (const [index, { planes }] of given.entries()) {
      const exported = files.find((file) => file.endsWith(`- ${stems[index]!.stem}.wav`))!;
      expect(largestDifference(planes, (await samplesOf(exported)).planes)).toBe(0);
      planes.forEach((plane, channel) => plane.forEach((sample, at) => (sum[channel]![at]! += sample)));
    }
    const played = notesAt(0, end * hostRate);
    expect(
      largestDifference(
        sum.map((plane) => Float32Array.from(plane)),
        played,
      ),
    ).toBeLessThanOrEqual(1e-6);
  });

  it('sends the notes that are shown to the plugin of another track: every event', async () => {
    const { page } = desk;
    const song = await lastSong();
    await showView(page, 'MIDI');
    await page.getByText(/\d+ of \d+ notes/).waitFor();
    noPackets();
    await page.getByRole('button', { name: 'Send to a track…' }).click();
    await page.getByRole('menuitem', { name: 'Drums' }).click();
    const events = decodeNoteEvents((await host.drums.next('notes')).payload);
    await page.getByText('MIDI returned to Drums.').waitFor();
    const { notes } = await app.call('notes', { songId: song.id });
    const shown = notes.filter(({ confidence }) => confidence >= 0.35);
    expect(shown.length).toBeGreaterThan(4);
    expect(events.length).toBe(shown.length);
    // Standard MIDI Files count in ticks: 1/960 of a beat at 120 bpm is 25 frames.
    const tick = 26;
    const close = (frame: bigint, seconds: number) => Math.abs(Number(frame) - seconds * hostRate) <= tick;
    const unheard = shown.filter(
      ({ onset, offset, pitch }) =>
        !events.some(
          (event) => event.pitch === pitch && close(event.startFrame, onset) && close(event.endFrame, offset),
        ),
    );
    expect(unheard).toEqual([]);

    // One stem alone: a note of another stays behind.
    const { stem } = shown[0]!;
    const other = { ...shown[0]!, stem: stem === 'drums' ? 'bass' : 'drums' };
    const edited = await app.call('editNotes', { songId: song.id, edit: { type: 'add', note: other } });
    expect(edited.notes.length).toBe(notes.length + 1);
    const name = stem[0]!.toUpperCase() + stem.slice(1);
    await page.getByRole('radio', { name, exact: true }).click();
    noPackets();
    await page.getByRole('button', { name: 'Send to a track…' }).click();
    await page.getByRole('menuitem', { name: 'Drums' }).click();
    const ofStem = decodeNoteEvents((await host.drums.next('notes')).payload);
    expect(ofStem.length).toBe(shown.filter((note) => note.stem === stem).length);
    await page.getByRole('radio', { name: 'All', exact: true }).click();
    await app.call('undoNotes', { songId: song.id });
  });

  it('gives the mix of both tracks to their plugins; one undo takes it from both', async () => {
    const { page } = desk;
    await liveSession();
    await track('Drums').getByRole('checkbox', { name: 'Choose Drums' }).check({ force: true });
    const { mix } = await analyseChosen(2);
    await showView(page, 'Mix');
    await page.getByRole('slider', { name: 'Strength' }).waitFor(soon);
    const planned = ['Upright Bass', 'Drums'].map(
      (name) => mix!.plan.tracks.find((each) => each.name === name)!.strip,
    );
    expect(planned).not.toContainEqual(neutralStrip());
    const strips = async () => {
      const frames = await Promise.all([host.bass.next('strip'), host.drums.next('strip')]);
      return frames.map(({ payload }) => decodeMessage('strip', payload).strip);
    };
    noPackets();
    await page.getByRole('button', { name: 'Apply to plugins' }).click();
    expect(await strips()).toEqual(planned);
    await page.getByText('In the plugins', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await strips()).toEqual([neutralStrip(), neutralStrip()]);
    await page.getByRole('button', { name: 'Redo' }).click();
    expect(await strips()).toEqual(planned);
  });

  it('shows on the tracks what was heard in them', async () => {
    await liveSession();
    for (const name of ['Upright Bass', 'Drums']) {
      const tags = track(name)
        .getByRole('list', { name: `What was heard in ${name}` })
        .getByRole('listitem');
      await tags.first().waitFor();
      expect((await tags.first().textContent())!.length).toBeGreaterThan(1);
    }
  });

  it('takes it back', async () => {
    await liveSession();
    noPackets();
    await track('Upright Bass')
      .getByRole('button', { name: /^Take back/ })
      .click();
    expect(decodeMessage('stems', (await host.bass.next('stems')).payload).stems).toEqual([]);
    expect(decodeMessage('monitor', (await host.bass.next('monitor')).payload).source).toBe('original');
  });

  it('says that a connection is lost; the plugin that is back has its track and what it was given', async () => {
    const { facts, instance } = host.drums;
    host.drums[Symbol.dispose]();
    await track('Drums').getByText('Connection lost').waitFor();
    host.drums = await SimulatedPlugin.connect(home.env['SONIDESK_BRIDGE']!, { ...facts, instance });
    await track('Drums').getByText('Connected').waitFor();
    const { stems } = decodeMessage('stems', (await host.drums.next('stems')).payload);
    expect(stems).toHaveLength(4);
    expect(decodeNoteEvents((await host.drums.next('notes')).payload).length).toBeGreaterThan(4);
    await showView(desk.page, 'Jobs');
    await showView(desk.page, 'Session');
    expect(await track('Drums').count()).toBe(1);
    await track('Drums').getByText('3 takes').waitFor();
  });

  it('opens files of every kind that are dropped on it, and says what is wrong with others', async () => {
    const { page } = desk;
    const drop = await dropFiles(page);
    const fixtures = 'main/audio/decode/fixtures';
    const kinds = ['tone.flac', 'tone.mp3', 'tone.ogg', 'tone.opus', 'alac.m4a'].map((name) =>
      join(fixtures, name),
    );
    for (const file of [home.song, ...kinds]) {
      const title = `Dropped ${extname(file).slice(1)}`;
      const path = join(home.home, `${title}${extname(file)}`);
      await copyFile(file, path);
      await drop([path]);
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      await page.getByRole('img', { name: `Waveform of ${title}` }).waitFor(long);
    }
    await writeFile(join(home.home, 'Lyrics.wav'), 'Nothing that sounds. '.repeat(40));
    await drop([join(home.home, 'Lyrics.wav')]);
    const found = page.getByText(/Lyrics\.wav holds text, whatever its name says/);
    await expect.poll(() => found.count(), long).toBeGreaterThan(0);
  });

  it('complained about nothing', () => {
    // The test itself reads the canvas.
    expect(desk.complaints.filter((text) => !text.includes('getImageData'))).toEqual([]);
  });
});
