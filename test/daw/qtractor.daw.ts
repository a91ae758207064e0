import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SplitResult } from '../../main/contracts/workflows.ts';
import { installFactorsPack } from '../support/factorsPack.ts';
import { Jack } from './qtractor/jack.ts';
import { Qtractor, writeSession, type QtractorFormat } from './qtractor/qtractor.ts';
import { App } from './support/app.ts';
import { eightTracks, sampleRate } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';
import { cut, difference, readWave, sum, writeWave, type Stereo } from './support/wave.ts';

/** The song is longer than what is played of it: Qtractor fades at the end of a file. */
const songSeconds = 20;
/** Heard in one go. */
const seconds = 4;
/** What comes first after a start is not compared. */
const preRoll = sampleRate;
const formats: readonly QtractorFormat[] = ['CLAP', 'LV2'];
const ready = canRun(['qtractor', 'jackd'], ['SoniDesk.clap', 'SoniDesk.lv2']);

describe.skipIf(!ready).each(formats)('Qtractor with the %s', (format) => {
  let sandbox: Sandbox;
  let app: App;
  let song: Stereo;
  let wave: string;
  let session: string;

  beforeAll(async () => {
    sandbox = await Sandbox.make();
    await installFactorsPack(sandbox.path('app'));
    song = sum((await eightTracks(songSeconds)).map(({ audio }) => audio));
    wave = sandbox.path('song.wav');
    await writeWave(wave, song, sampleRate);
    session = await writeSession(sandbox, format, wave, songSeconds * sampleRate);
    app = await App.start(sandbox);
  });

  afterAll(async () => {
    await app?.end();
    await sandbox?.remove();
  });

  /** Plays on in real time for some seconds. By track: what every instance heard, and where that is in the song. */
  async function play(jack: Jack, folder: string): Promise<Heard[]> {
    const files = await app.capture(seconds, sandbox.path(folder), () => jack.transport('play'));
    await jack.transport('stop');
    await app.until('the takes to end', (list) => list.every(({ plugin }) => plugin?.recording === null));
    return Promise.all(
      files.map(async ({ file, gaps, hostStart }) => {
        const wave = await readWave(file);
        expect(gaps).toEqual([]);
        expect(wave.start).toBe(hostStart);
        const [from, to] = [hostStart + preRoll, hostStart + wave.audio[0].length];
        return { audio: cut(wave.audio, hostStart, from, to), from, to };
      }),
    );
  }

  it('is captured sample for sample, and plays a stem that was split from it', async () => {
    const split = await app.run<SplitResult>('split', wave, '--pack', 'factors', '-o', sandbox.path('stems'));
    const vocals = split.stems.find(({ stem }) => stem === 'vocals')!.file;
    const stem = (await readWave(vocals)).audio;
    const hears = ({ audio, from, to }: Heard) => {
      if (difference(audio, cut(song, 0, from, to)) === 'same') return 'song';
      return difference(audio, cut(stem, 0, from, to)) === 'same' ? 'stem' : 'noise';
    };

    await using jack = await Jack.start(2048);
    await using _ = Qtractor.start(sandbox, jack, session);
    await app.until(
      'both plugins',
      (list) => list.length === 2 && list.every(({ plugin }) => plugin !== null),
    );
    expect((await play(jack, 'first')).map(hears)).toEqual(['song', 'song']);

    for (const { id } of await app.tracks()) {
      await app.run('return', '--track', id, '--stems', vocals, '--start', '0');
    }
    await app.until('the stem', (list) =>
      list.every(({ plugin }) => plugin?.stems.length === 1 && plugin.stems[0]!.state === 'ready'),
    );
    // The first of the two in a row still hears the song, the second what the first plays.
    expect((await play(jack, 'second')).map(hears).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'song',
      'stem',
    ]);
  });
});

interface Heard {
  readonly audio: Stereo;
  readonly from: number;
  readonly to: number;
}
