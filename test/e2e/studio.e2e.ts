import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeMessage } from '../../plugin-bridge/protocol/messages.ts';
import { toneAt } from '../support/servedBridge.ts';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';
import { seriousFindings } from './support/accessibility.ts';
import { browserDesk, type BrowserDesk } from './support/browserDesk.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { showView } from './support/flow.ts';
import { chromium, leftOut } from './support/requirement.ts';

const missing = chromium === null ? 'There is no Chromium here (install one, or name it in CHROMIUM).' : null;
const rate = 48_000;
const block = 1000;
/** In seconds; the timeline shows a minute from the start. */
const longestRoll = 45;

/** Notes of half a second on an E, loud enough for the test's transcriber. */
const notesAt = (start: number): Float32Array[] =>
  [0, 1].map(() =>
    Float32Array.from({ length: block }, (_, n) => {
      const seconds = (start + n) / rate;
      const within = seconds % 0.5;
      const envelope = Math.max(0, Math.min(1, within / 0.004, (0.5 - within) / 0.02));
      return 0.95 * envelope * Math.sin(2 * Math.PI * 329.6 * seconds);
    }),
  );

describe.skipIf(leftOut(missing))('the live session of a DAW in the window', () => {
  let home: DeskHome;
  let desk: BrowserDesk;
  let bass: SimulatedPlugin;
  let drums: SimulatedPlugin;

  beforeAll(async () => {
    home = await deskHome();
    desk = await browserDesk(home);
    desk.page.setDefaultTimeout(60_000);
    const connect = (name: string, slot: number) =>
      SimulatedPlugin.connect(home.env['SONIDESK_BRIDGE']!, { name, slot, host: 'Ardour', format: 'LV2' });
    bass = await connect('Bass', 1);
    drums = await connect('Drums', 2);
  });
  afterAll(async () => {
    bass[Symbol.dispose]();
    drums[Symbol.dispose]();
    await desk.close();
    await home.remove();
  });

  const track = (name: string) => desk.page.getByRole('group', { name, exact: true });

  /** Both tracks play from a second to a second of the host's timeline. */
  async function play(from: number, to: number): Promise<void> {
    for (let at = from * rate; at < to * rate; at += block) {
      const beats = (at / rate) * 2;
      const musical = {
        bpm: 120,
        bar: Math.floor(beats / 4) + 1,
        beat: Math.floor(beats % 4) + 1,
        beatFraction: beats % 1,
        beatsPerBar: 4,
        beatUnit: 4,
      };
      bass.play(at, notesAt(at), { musical });
      drums.play(at, toneAt(at, block), { musical });
      await bass.drained();
    }
    await Promise.all([bass.answered(), drums.answered()]);
  }

  /** Columns of the lanes' canvas, right of the heads, in which a track's clip is seen. */
  const drawnColumns = () =>
    desk.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.studio-canvas')!;
      const { data, width } = canvas.getContext('2d')!.getImageData(0, 38, canvas.width, 1);
      let columns = 0;
      for (let x = 0; x < width; x++) if (data[4 * x + 3]! > 200) columns++;
      return columns;
    });

  it('shows plugins that connect as tracks with name, slot and state', async () => {
    await track('Bass').getByText('Connected · Ardour · LV2 · 48 kHz').waitFor();
    await track('Drums').getByText('Connected').waitFor();
    expect(await track('Drums').locator('.studio-slot').textContent()).toBe('2');
    await desk.page.getByText('2 tracks connected').waitFor();
  });

  it('shows what is captured while it is captured, and where the host is', async () => {
    // Twice as fast as real time, for as long as it is looked at: without sound a take would end.
    let end = 0;
    const watched = new AbortController();
    const rolling = (async () => {
      for (; !watched.signal.aborted && end < longestRoll; end += 0.5) {
        await play(end, end + 0.5);
        await sleep(250);
      }
    })();
    await track('Bass').getByText('Capturing').waitFor();
    // Drawn from what the engine tells, before any file is there.
    await expect.poll(drawnColumns, { timeout: 60_000 }).toBeGreaterThan(20);
    const first = await drawnColumns();
    await expect.poll(drawnColumns, { timeout: 60_000 }).toBeGreaterThan(first);
    const host = desk.page.getByRole('timer', { name: 'Position of the host' });
    await expect
      .poll(() => host.textContent(), { timeout: 60_000 })
      .toMatch(/^0:\d\d\.\d · bar \d+, .*120 bpm$/);
    watched.abort();
    await rolling;
    // Long enough for the pass that follows to lie inside.
    if (end < 6) await play(end, 6);
    for (const plugin of [bass, drums]) plugin.stop(Math.max(end, 6) * rate);
  });

  it('keeps loop passes as takes of their own', async () => {
    await track('Bass').getByText('Connected').waitFor();
    await play(3, 4);
    for (const plugin of [bass, drums]) plugin.stop(4 * rate);
    await track('Bass').getByRole('button', { name: '2 takes' }).click();
    await track('Bass')
      .getByText(/^Take 2 · 0:03\.0 · 0:01\.0$/)
      .waitFor();
    expect(await track('Bass').locator('.studio-take').count()).toBe(2);
    await track('Bass')
      .getByText(/^Take 1 · 0:00\.0 · 0:\d\d\.\d$/)
      .waitFor();
  });

  it('renames a track in its plugin', async () => {
    bass.received.length = 0;
    const name = desk.page.getByRole('textbox', { name: 'Name of the track Bass' });
    await name.fill('Upright Bass');
    await name.press('Enter');
    const { payload } = await bass.next('assign');
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
    await page.getByRole('button', { name: 'Analyse 1…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
    await page.getByRole('heading', { name: 'Upright Bass' }).waitFor();
    const back = page.getByRole('button', { name: 'Return to DAW' });
    await back.waitFor({ timeout: 150_000 });
    await page
      .locator('.song-header')
      .getByRole('button', { name: 'Analyse…' })
      .waitFor({ timeout: 150_000 });
    bass.received.length = 0;
    await back.click();
    await page.getByRole('menuitem', { name: 'Everything' }).click();
    const stems = decodeMessage('stems', (await bass.next('stems')).payload).stems;
    expect(stems.map(({ stem }) => stem).sort()).toEqual(['bass', 'drums', 'other', 'vocals']);
    expect(stems.map(({ startFrame }) => startFrame)).toEqual([0, 0, 0, 0]);
    expect(decodeMessage('monitor', (await bass.next('monitor')).payload).source).toBe('stems');
    await bass.next('notes');
    await page.getByText(/Stems returned to Upright Bass\. MIDI returned to Upright Bass\./).waitFor();
    await page.getByRole('button', { name: 'Live session' }).click();
    await track('Upright Bass').locator('.studio-given[data-held]').nth(1).waitFor();
  });

  it('takes it back', async () => {
    bass.received.length = 0;
    await track('Upright Bass')
      .getByRole('button', { name: /^Take back/ })
      .click();
    expect(decodeMessage('stems', (await bass.next('stems')).payload).stems).toEqual([]);
    expect(decodeMessage('monitor', (await bass.next('monitor')).payload).source).toBe('original');
  });

  it('says that a connection is lost, and has the track again when the plugin is back', async () => {
    drums[Symbol.dispose]();
    await track('Drums').getByText('Connection lost').waitFor();
    drums = await SimulatedPlugin.connect(home.env['SONIDESK_BRIDGE']!, {
      ...drums.facts,
      instance: drums.instance,
    });
    await track('Drums').getByText('Connected').waitFor();
    await showView(desk.page, 'Jobs');
    await showView(desk.page, 'Session');
    expect(await track('Drums').count()).toBe(1);
    await track('Drums').getByText('1 take').or(track('Drums').getByText('2 takes')).waitFor();
  });

  it('complained about nothing', () => {
    // The test itself reads the canvas.
    expect(desk.complaints.filter((text) => !text.includes('getImageData'))).toEqual([]);
  });
});
