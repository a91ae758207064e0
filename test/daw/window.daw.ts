import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserDesk, type BrowserDesk } from '../e2e/support/browserDesk.ts';
import { chromium, leftOut } from '../e2e/support/requirement.ts';
import { installFactorsPack } from '../support/factorsPack.ts';
import { makeSession, materialStart, roll, withArdour, type ArdourSession } from './ardour/session.ts';
import { sampleRate, type Track } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';

const seconds = 4;
/** What takes a second takes a minute on a busy machine. */
const patience = 120_000;
/** Rolled again when nobody has seen the window capture: a page that stands still for as long misses it. */
const passes = 5;
const songEnd = materialStart + seconds * sampleRate;
const noBrowser =
  chromium === null ? 'There is no Chromium here (install one, or name it in CHROMIUM).' : null;

const tracks = ['Low', 'Middle', 'High'].map((name, index): Track => {
  const plane = Float32Array.from(
    { length: seconds * sampleRate },
    (_, frame) => 0.4 * Math.sin((frame * (1 + index)) / 60),
  );
  return { name, audio: [plane, plane] };
});

/** The whole round trip as a user makes it: real Ardour, real plugin, the window in a real browser. */
describe.skipIf(!canRun(['ardour'], ['SoniDesk.lv2']) || leftOut(noBrowser))(
  'a real Ardour in the window',
  () => {
    let sandbox: Sandbox;
    let desk: BrowserDesk;
    let session: ArdourSession;

    // For every try: what another has left is in nobody's way.
    beforeEach(async () => {
      sandbox = await Sandbox.make();
      await installFactorsPack(sandbox.path('app'), 65_536);
      const env = Object.fromEntries(
        Object.entries({
          ...process.env,
          SONIDESK_HOME: sandbox.path('app'),
          SONIDESK_BRIDGE: sandbox.bridge,
        }).filter((entry): entry is [string, string] => entry[1] !== undefined),
      );
      desk = await browserDesk({ env });
      desk.page.setDefaultTimeout(patience);
      session = await makeSession(sandbox, tracks, 'LV2', () =>
        // The slots are what a plugin tells last.
        desk.page.locator('.studio-slot').nth(2).waitFor({ timeout: patience }),
      );
    });
    afterEach(async () => {
      await desk?.close();
      await sandbox?.remove();
    });

    const slot = (number: number) =>
      desk.page
        .locator('.studio-track')
        .filter({ has: desk.page.getByTitle(`Slot ${number}`, { exact: true }) });

    it('shows its tracks, captures them, and the plugins have the stems and the mix that were made of them', async () => {
      const { page } = desk;
      await slot(1).getByText('Connection lost').waitFor({ timeout: patience });
      await withArdour(sandbox, session, 'Normal Speed', async (ardour) => {
        for (const number of [1, 2, 3]) {
          await slot(number)
            .getByText(/^Connected · /)
            .waitFor({ timeout: patience });
        }
        const seen = new AbortController();
        const capturing = slot(2)
          .getByText('Capturing')
          .waitFor({ timeout: patience })
          .then(() => seen.abort());
        capturing.catch(() => undefined);
        for (let pass = 0; pass < passes && !seen.signal.aborted; pass++) {
          await ardour.tell('locate', 0);
          await roll(ardour, songEnd);
        }
        await capturing;
        await slot(2)
          .getByText(/^Connected · /)
          .waitFor({ timeout: patience });
        const host = await page.getByRole('timer', { name: 'Position of the host' }).textContent();
        expect(host).toContain('120 bpm');

        await slot(1).getByRole('checkbox').check({ force: true });
        await page.getByRole('button', { name: 'Analyse 1…' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
        const back = page.getByRole('button', { name: 'Return to DAW' });
        await back.click({ timeout: patience });
        await page.getByRole('menuitem', { name: 'Stems' }).click();
        await page.getByText(/Stems returned to/).waitFor({ timeout: patience });
        await page.getByRole('button', { name: 'Live session' }).click();
        // Solid when the plugin itself has said that it has them.
        await slot(1).locator('.studio-given[data-held]').waitFor({ timeout: patience });

        // The same stems from the view of the stems to the plugin of another track.
        await page.getByRole('navigation').getByRole('button', { name: 'Stems' }).click();
        await page.getByRole('button', { name: 'Send to a track…' }).click();
        // Ardour does not tell an LV2 the name of its track, and which plugin comes first is chance: the slot says which is which.
        await page.getByRole('menuitem').filter({ hasText: 'Slot 2' }).click();
        await page.getByRole('button', { name: 'Live session' }).click();
        await slot(2).locator('.studio-given[data-held]').waitFor({ timeout: patience });

        // A mix of all tracks to their plugins, and back again.
        for (const number of [2, 3]) await slot(number).getByRole('checkbox').check({ force: true });
        await page.getByRole('button', { name: 'Analyse 3…' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
        await page.getByRole('button', { name: 'Apply to plugins' }).click({ timeout: patience });
        await page.getByText('In the plugins', { exact: true }).waitFor({ timeout: patience });
        await page.getByRole('button', { name: 'Undo', exact: true }).click();
        await page
          .getByText('In the plugins', { exact: true })
          .waitFor({ state: 'detached', timeout: patience });
        await page.getByRole('button', { name: 'Live session' }).click();
        for (const number of [1, 2, 3]) {
          const mix = slot(number).locator('.studio-given[data-held]', { hasText: 'Mix' });
          await mix.waitFor({ timeout: patience });
        }
      });
      await slot(1).getByText('Connection lost').waitFor({ timeout: patience });
      expect(desk.complaints).toEqual([]);
    });
  },
);
