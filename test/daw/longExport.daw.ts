import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Take } from '../../main/contracts/session.ts';
import { exportMaster } from './ardour/export.ts';
import { makeSession, materialStart, type ArdourSession } from './ardour/session.ts';
import { App } from './support/app.ts';
import { eightTracks, repeated, sampleRate, type Track } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';
import { cut, difference, readWave, sum } from './support/wave.ts';

/**
 * An export of minutes, freewheeling; of more of them by hand, because it takes long:
 *
 *   SONIDESK_DAW_MINUTES=5 npm run test:daw -- longExport
 */
const minutes = Number(process.env['SONIDESK_DAW_MINUTES'] ?? 1);
const frames = minutes * 60 * sampleRate;
const end = materialStart + frames;

describe.skipIf(!canRun(['ardour'], ['SoniDesk.lv2']))('Ardour with the LV2', () => {
  let sandbox: Sandbox;
  let app: App;
  let tracks: readonly Track[];
  let session: ArdourSession;

  beforeAll(async () => {
    sandbox = await Sandbox.make();
    tracks = (await eightTracks(10))
      .slice(0, 2)
      .map(({ name, audio }) => ({ name, audio: repeated(audio, frames) }));
    app = await App.start(sandbox);
    session = await makeSession(sandbox, tracks, 'LV2', () =>
      app.until('both slots', (list) => [1, 2].every((slot) => list.some((track) => track.slot === slot))),
    );
  });

  afterAll(async () => {
    await app?.end();
    await sandbox?.remove();
  });

  it(
    `captures a freewheeling export of ${minutes} minutes sample for sample`,
    async () => {
      const begun = performance.now();
      const { master, crashes } = await exportMaster(sandbox, session);
      const seconds = (performance.now() - begun) / 1000;
      // Takes of exports that crashed before are shorter.
      const whole = ({ state, hostStart, frames }: Take) =>
        state !== 'recording' && hostStart + frames >= end;
      const list = await app.until(
        'a whole take of both tracks',
        (all) => all.length === tracks.length && all.every(({ takes }) => takes.some(whole)) && all,
      );
      const placed = tracks.map(({ audio }) => cut(audio, materialStart, 0, end));
      expect(difference(master, sum(placed))).toBe('same');
      for (const [index, { audio }] of tracks.entries()) {
        const { takes } = list.find(({ slot }) => slot === index + 1)!;
        const take = takes.filter(whole).reduce((a, b) => (b.started > a.started ? b : a));
        const wave = await readWave(sandbox.path('sonidesk', 'audio', take.audio));
        expect(take.gaps).toEqual([]);
        const got = cut(wave.audio, take.hostStart, materialStart, end);
        expect(difference(got, audio)).toBe('same');
      }
      console.log(
        `${minutes} min of ${tracks.length} tracks exported in ${seconds.toFixed(1)} s (${crashes} crashes of ardour7-export before)`,
      );
    },
    30 * 60_000,
  );
});
